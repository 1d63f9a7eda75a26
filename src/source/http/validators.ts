import type { Validators } from '../source.js';

/** Milliseconds. A document may change twice within the second that Last-Modified names. */
const RESOLUTION = 1000;

/**
 * What can be asked about later. Last-Modified counts only where the answer was sent at least a second after it:
 * before that, it may name two versions (RFC 9110, section 8.8.2.2).
 */
export function validatorsOf(headers: Headers): Validators {
  const etag = headers.get('etag');
  if (etag !== null) return { etag };
  const lastModified = headers.get('last-modified');
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(lastModified ?? '');
  return lastModified !== null && age >= RESOLUTION ? { lastModified } : {};
}

/** The headers that ask for a document only if it is no longer the known one. */
export function conditionsFor({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  };
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { HashedToken } from '../service-options.js';

/**
 * Finds whose token `token` is. Every hash is compared, each in constant time, so that how long it takes says
 * nothing of the tokens.
 */
export function findTokenName(token: string, tokens: readonly HashedToken[]): string | undefined {
  const hash = hashToken(token);
  let found: string | undefined;
  for (const known of tokens) {
    if (timingSafeEqual(hash, known.hash)) found = known.name;
  }
  return found;
}

/** SHA-256: enough for a token that nobody can guess, unlike for a password. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

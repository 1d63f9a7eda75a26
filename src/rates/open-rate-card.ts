import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SettingError, UnreadableError } from '../errors.js';
import { reasonOf } from '../os-error.js';
import type { RateCard } from './rate-card.js';
import { readRateCard } from './read-rate-card.js';

/** @throws UnreadableError; SettingError for a file that is no rate card */
export async function openRateCard(path: string): Promise<RateCard> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new UnreadableError(path, reasonOf(error));
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: path, sha256, dated: readRateCard(decode(bytes, path), path) };
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SettingError(path, 'is not UTF-8');
  }
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { SettingError } from '../../errors.js';
import type { HashedToken } from './credentials.js';

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
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Characters. A shorter token could be guessed from its hash. */
export const SHORTEST_TOKEN = 20;

/** `NAME sha256:HEX`: the line of a tokens file that lets `token` in. */
export function tokenLine(name: string, token: string): string {
  return `${name} sha256:${hashToken(token).toString('hex')}\n`;
}

/**
 * Reads the lines of a tokens file; empty ones and those that begin with # say nothing.
 *
 * @param path for errors
 * @throws SettingError that names the line
 */
export function parseTokenFile(content: string, path: string): HashedToken[] {
  const tokens: HashedToken[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, hex] = /^(\S+) sha256:([0-9a-f]{64})\s*$/.exec(line) ?? [];
    if (name === undefined || hex === undefined) {
      throw new SettingError(
        `${path} line ${index + 1}`,
        'expected NAME sha256:HEX, as --hash-token prints it',
      );
    }
    tokens.push({ name, hash: Buffer.from(hex, 'hex') });
  }
  if (tokens.length === 0) throw new SettingError(path, 'holds no token');
  return tokens;
}

import { SettingError } from '../../errors.js';
import type { HashedToken } from '../service-options.js';
import { hashToken } from './token-check.js';

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

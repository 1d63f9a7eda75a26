import { SettingError } from '../../errors.js';
import type { HttpSettings } from './settings.js';

/**
 * The Authorization header for the base's own origin: the token, else the URL's user name and password.
 * Throws SettingError, without the value, for a token that no header can carry.
 */
export function authorizationFor({ base, token, tokenOrigin }: HttpSettings): string | undefined {
  if (token === undefined) return basicAuthorization(base);
  if (!/^[!-~]+$/.test(token)) {
    throw new SettingError(
      tokenOrigin ?? 'token',
      'empty, or holds spaces or characters that a header cannot carry',
    );
  }
  return `Bearer ${token}`;
}

/** The user name and password of a URL as a Basic credential (RFC 7617, UTF-8). */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { Refusal } from '../shared/problem.js';

/** Seconds that clocks may differ. */
const CLOCK_TOLERANCE = 5;

/** Milliseconds: how long one fetch of keys may take, and how long none is tried after one that failed. */
const LONGEST_FETCH = 5000;
const PAUSE_AFTER_FAILURE = 5000;

export interface JwtOptions {
  /** HS256. */
  readonly secret: Uint8Array | undefined;
  /** RS256 and ES256: where a JWK set is, or the set. */
  readonly jwks: URL | object | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

/** Gives the subject of a JWT that is signed with a known key, has not expired, and is meant for us; else undefined. */
export type JwtCheck = (token: string) => Promise<string | undefined>;

/**
 * A key serves its own algorithms only: HS256 a secret, RS256 and ES256 a JWK set, so that nobody signs with a
 * public key as if it were a secret. The check throws Refusal (503) when the JWK set cannot be fetched.
 */
export function createJwtCheck(
  { secret, jwks, issuer, audience }: JwtOptions,
  remoteKeys: RemoteKeys | undefined,
): JwtCheck {
  const keys = remoteKeys?.find ?? (jwks === undefined ? undefined : localKeys(jwks));
  const options = {
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };

  async function verify(token: string): Promise<string> {
    const { alg } = decodeProtectedHeader(token);
    if (alg === 'HS256' && secret !== undefined) {
      return subjectOf(await jwtVerify(token, secret, { ...options, algorithms: ['HS256'] }));
    }
    if (keys === undefined) throw new errors.JOSEAlgNotAllowed('no key for this algorithm');
    return subjectOf(await jwtVerify(token, keys, { ...options, algorithms: ['RS256', 'ES256'] }));
  }

  return async (token) => {
    try {
      return await verify(token);
    } catch (error) {
      if (isAboutToken(error)) return undefined;
      throw new Refusal(503, 'keys_unavailable', 'the keys that tokens are checked with cannot be fetched', {
        'retry-after': `${PAUSE_AFTER_FAILURE / 1000}`,
      });
    }
  };
}

/** RFC 7519 has a text there; jose does not look. @throws errors.JWTInvalid */
function subjectOf({ payload: { sub = '' } }: { readonly payload: { readonly sub?: unknown } }): string {
  if (typeof sub !== 'string') throw new errors.JWTInvalid('the subject is no text');
  return sub;
}

/** A check that failed, and not a fetch of keys. A token that is no JWT at all is a TypeError. */
function isAboutToken(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  if (error instanceof errors.JOSEError) return error.constructor !== errors.JOSEError;
  return error instanceof TypeError && error.message.startsWith('Invalid Token');
}

function localKeys(jwks: object): JWTVerifyGetKey {
  const set: JSONWebKeySet = { keys: 'keys' in jwks && Array.isArray(jwks.keys) ? jwks.keys : [] };
  return createLocalJWKSet(set);
}

/** The keys at a URL. */
export interface RemoteKeys {
  readonly find: JWTVerifyGetKey;
  /** Fetches the keys now; where that fails, those of before stay. */
  refresh(): void;
}

/**
 * Requests at the same time share one fetch; unknown keys cause one in 30 s, and after one that failed there is a
 * pause, so that junk tokens cannot be turned into load on the endpoint.
 */
export function createRemoteKeys(url: URL): RemoteKeys {
  const remote = createRemoteJWKSet(url, { timeoutDuration: LONGEST_FETCH });
  let failure: unknown;
  let pauseEnds = 0;

  const findWhilePaused: JWTVerifyGetKey = async (header, token) => {
    const known = remote.fresh ? remote.jwks() : undefined;
    if (known === undefined) throw failure;
    try {
      return await createLocalJWKSet(known)(header, token);
    } catch (error) {
      throw error instanceof errors.JWKSNoMatchingKey ? failure : error;
    }
  };
  return {
    async find(header, token) {
      if (Date.now() < pauseEnds) return findWhilePaused(header, token);
      try {
        return await remote(header, token);
      } catch (error) {
        if (!isAboutToken(error)) [failure, pauseEnds] = [error, Date.now() + PAUSE_AFTER_FAILURE];
        throw error;
      }
    },
    refresh: () => void remote.reload().catch(() => {}),
  };
}

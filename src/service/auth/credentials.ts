import type { X509Certificate } from 'node:crypto';

/** Who is admitted. Where nothing is set, anybody. */
export interface Credentials {
  readonly tokens: readonly HashedToken[];
  readonly jwt: JwtOptions | undefined;
  readonly tls: TlsOptions | undefined;
}

export interface HashedToken {
  /** Whose it is, for the log and the rate limit. */
  readonly name: string;
  /** SHA-256 of the token. */
  readonly hash: Buffer;
}

export interface JwtOptions {
  /** HS256. */
  readonly secret: Uint8Array | undefined;
  /** RS256 and ES256: where a JWK set is, or the set. */
  readonly jwks: URL | object | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
}

/** PEM. */
export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Clients must have a certificate from one of these authorities. */
  readonly clientCa: Buffer | undefined;
  /** The certificates in `clientCa`. */
  readonly authorities: readonly X509Certificate[];
}

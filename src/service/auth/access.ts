import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { SettingError } from '../../errors.js';
import { Refusal } from '../shared/problem.js';
import { certificateName, type TlsOptions } from './certificates.js';
import type { JwtCheck, JwtOptions } from './jwt-check.js';

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

export interface NeededCredentials {
  /** A token or a JWT. */
  readonly bearer: boolean;
  /** Of the client, in the handshake of the connection. */
  readonly certificate: boolean;
}

/** What a request needs; where it is nothing, requests are not authenticated. */
export function neededCredentials({ tokens, jwt, tls }: Credentials): NeededCredentials {
  return { bearer: tokens.length > 0 || jwt !== undefined, certificate: tls?.clientCa !== undefined };
}

/** Who made a request: a name for the log and the rate limit, or why they are not admitted. */
export type Visitor = string | Refusal;

/** Why somebody is not admitted is given back, not thrown: their requests are counted first. */
export type Identify = (
  request: { readonly headers: { readonly authorization?: string | undefined }; readonly socket: Socket },
  client: string,
) => Visitor | Promise<Visitor>;

/** Authenticates visitors. Where both are configured, a certificate and a token are needed. */
export function createIdentify(credentials: Credentials, checkJwt: JwtCheck | undefined): Identify {
  const { tokens, tls } = credentials;
  const { bearer, certificate } = neededCredentials(credentials);
  const authorities = certificate ? tls?.authorities : undefined;

  function identifyByToken(authorization: string | undefined): Visitor | Promise<Visitor> {
    const token = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return unauthorized('a bearer token is needed', 'Bearer');
    const name = findTokenName(token, tokens);
    if (name !== undefined) return `token ${name}`;
    return checkJwt === undefined ? invalidToken() : identifyByJwt(token, checkJwt);
  }

  return ({ headers, socket }, client) => {
    const holder = authorities && certificateName(socket, authorities);
    if (authorities !== undefined && holder === undefined) return certificateNeeded();
    if (bearer) return identifyByToken(headers.authorization);
    return holder === undefined ? client : `certificate ${holder}`;
  };
}

async function identifyByJwt(token: string, check: JwtCheck): Promise<Visitor> {
  try {
    const subject = await check(token);
    return subject === undefined ? invalidToken() : `jwt ${subject}`;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function certificateNeeded(): Refusal {
  const detail = 'a client certificate from the known authority is needed, shown by this connection';
  // A client that has one by now can show it on a new connection only.
  return new Refusal(403, 'certificate_needed', detail, { connection: 'close' });
}

function invalidToken(): Refusal {
  return unauthorized('the bearer token is not valid', 'Bearer error="invalid_token"');
}

function unauthorized(detail: string, challenge: string): Refusal {
  return new Refusal(401, 'unauthorized', detail, { 'www-authenticate': challenge });
}

/**
 * Finds whose token `token` is. Every hash is compared, each in constant time, so that how long it takes says
 * nothing of the tokens.
 */
function findTokenName(token: string, tokens: readonly HashedToken[]): string | undefined {
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

import type { Socket } from 'node:net';
import { Refusal } from '../shared/problem.js';
import type { Client } from './addresses.js';
import { certificateName } from './certificates.js';
import type { Credentials } from './credentials.js';
import type { JwtCheck } from './jwt-check.js';
import { findTokenName } from './tokens.js';

/** Who made a request: a name for the log and the rate limit, or why they are not admitted. */
export type Visitor = { readonly name: string } | { readonly refusal: Refusal };

/** Why somebody is not admitted is given back, not thrown: their requests are counted first. */
export type Identify = (
  request: { readonly headers: { readonly authorization?: string | undefined }; readonly socket: Socket },
  client: Client,
) => Visitor | Promise<Visitor>;

/** Authenticates visitors. Where both are configured, a certificate and a token are needed. */
export function createIdentify({ tokens, tls }: Credentials, checkJwt: JwtCheck | undefined): Identify {
  const wantsToken = tokens.length > 0 || checkJwt !== undefined;
  const authorities = tls?.clientCa === undefined ? undefined : tls.authorities;

  function identifyByToken(authorization: string | undefined): Visitor | Promise<Visitor> {
    const token = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { refusal: unauthorized('a bearer token is needed', 'Bearer') };
    const name = findTokenName(token, tokens);
    if (name !== undefined) return { name: `token ${name}` };
    return checkJwt === undefined ? { refusal: invalidToken() } : identifyByJwt(token, checkJwt);
  }

  return ({ headers, socket }, client) => {
    const holder = authorities && certificateName(socket, authorities);
    if (authorities !== undefined && holder === undefined) return { refusal: certificateNeeded() };
    if (wantsToken) return identifyByToken(headers.authorization);
    return holder === undefined ? client : { name: `certificate ${holder}` };
  };
}

async function identifyByJwt(token: string, check: JwtCheck): Promise<Visitor> {
  try {
    const subject = await check(token);
    return subject === undefined ? { refusal: invalidToken() } : { name: `jwt ${subject}` };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}

function certificateNeeded(): Refusal {
  const detail = 'a client certificate from the known authority is needed, shown by this connection';
  // A client that has one by now can show it on a new connection only.
  return new Refusal(403, 'certificate_needed', detail, {}, { connection: 'close' });
}

function invalidToken(): Refusal {
  return unauthorized('the bearer token is not valid', 'Bearer error="invalid_token"');
}

function unauthorized(detail: string, challenge: string): Refusal {
  return new Refusal(401, 'unauthorized', detail, {}, { 'www-authenticate': challenge });
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Refusal } from '../problem.js';
import type { AccessOptions } from '../service-options.js';
import type { JwtCheck } from './jwt-check.js';
import { findTokenName } from './token-check.js';

/** Who asks: a name for the log and the rate limit, or why they are not let in. */
export type Visitor = { readonly name: string } | { readonly refusal: Refusal };

/** Why somebody is not let in is given back, not thrown: their requests are counted first. */
export type Identify = (headers: IncomingHttpHeaders, socket: Socket) => Visitor | Promise<Visitor>;

export interface AccessChecks extends Pick<AccessOptions, 'tokens'> {
  readonly checkJwt: JwtCheck | undefined;
  readonly certificates: boolean;
}

/** Tells visitors apart. Where both are asked for, a certificate and a token are needed. */
export function createIdentify({ tokens, checkJwt, certificates }: AccessChecks): Identify {
  const wantsToken = tokens.length > 0 || checkJwt !== undefined;

  async function identifyByToken(authorization: string | undefined): Promise<Visitor> {
    const token = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { refusal: unauthorized('a bearer token is needed', 'Bearer') };
    const name = findTokenName(token, tokens);
    if (name !== undefined) return { name: `token ${name}` };
    try {
      const subject = await checkJwt?.(token);
      if (subject !== undefined) return { name: `jwt ${subject}` };
      return { refusal: unauthorized('the bearer token is not valid', 'Bearer error="invalid_token"') };
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error };
      throw error;
    }
  }

  return ({ authorization }, socket) => {
    const holder = certificates ? certificateHolder(socket) : undefined;
    if (certificates && holder === undefined) {
      return {
        refusal: new Refusal(
          403,
          'certificate_needed',
          'a client certificate from the known authority is needed',
        ),
      };
    }
    if (!wantsToken) return { name: holder ?? `ip ${socket.remoteAddress ?? ''}` };
    return identifyByToken(authorization);
  };
}

function certificateHolder(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  return `certificate ${subject?.CN ?? ''}`;
}

function unauthorized(detail: string, challenge: string): Refusal {
  return new Refusal(401, 'unauthorized', detail, {}, { 'www-authenticate': challenge });
}

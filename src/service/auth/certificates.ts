import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { SettingError } from '../../errors.js';

/** PEM. */
export interface TlsOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Clients must have a certificate from one of these authorities. */
  readonly clientCa: Buffer | undefined;
  /** The certificates in `clientCa`. */
  readonly authorities: Authorities;
}

/** A client certificate that was shown and verified in the handshake of its connection. */
interface ShownCertificate {
  /** The common name. */
  readonly name: string;
  /** The client's own certificate first, then those it sent along. */
  readonly chain: readonly X509Certificate[];
  /** Milliseconds since 1970: when the first certificate of the chain expires. */
  readonly expires: number;
  /** The authorities that it was last verified against. */
  authorities: Authorities;
  trusted: boolean;
}

/** The certificates of `--tls-client-ca`. */
type Authorities = readonly X509Certificate[];

const shownCertificates = new WeakMap<Socket, ShownCertificate>();

/**
 * Remembers what a new connection has shown. A resumed session shows nothing: Node calls it `authorized` although
 * nobody sent a certificate. What a later renegotiation might show is not looked at.
 */
export function rememberCertificate(socket: TLSSocket, authorities: Authorities): void {
  if (!socket.authorized || socket.isSessionReused()) return;
  const chain: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next !== undefined && !chain.some(({ raw }) => next?.raw.equals(raw))) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  const [own] = chain;
  if (own === undefined) return;
  const expires = Math.min(...chain.map(({ validTo }) => Date.parse(validTo)));
  const name = /^CN=(.*)$/m.exec(own.subject)?.[1] ?? '';
  shownCertificates.set(socket, { name, chain, expires, authorities, trusted: true });
}

/**
 * The name on the certificate of a connection, while it is valid: a connection may outlive its certificate, and the
 * authority that signed it.
 */
export function certificateName(socket: Socket, authorities: Authorities): string | undefined {
  const shown = shownCertificates.get(socket);
  if (shown === undefined || Date.now() >= shown.expires) return undefined;
  if (shown.authorities !== authorities) {
    shown.trusted = isIssuedBy(shown.chain, authorities);
    shown.authorities = authorities;
  }
  return shown.trusted ? shown.name : undefined;
}

/** Follows signatures from the first certificate to an authority, over the others where they are authorities too. */
function isIssuedBy([own, ...others]: readonly X509Certificate[], authorities: Authorities): boolean {
  if (own === undefined) return false;
  const signed = (issuer: X509Certificate) => own.checkIssued(issuer) && own.verify(issuer.publicKey);
  if (authorities.some((authority) => authority.raw.equals(own.raw) || signed(authority))) return true;
  const issuer = others.find((other) => other.ca && signed(other));
  return (
    issuer !== undefined && isIssuedBy([issuer, ...others.filter((other) => other !== issuer)], authorities)
  );
}

/** The certificates in a PEM file. @throws SettingError */
export function parseCertificates(pem: Buffer, flag: string, path: string): X509Certificate[] {
  const blocks = pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END[^\n]*/g);
  if (blocks === null) throw new SettingError(`${flag} ${path}`, 'holds no certificate in PEM');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new SettingError(`${flag} ${path}`, `certificate ${index + 1} is damaged`);
    }
  });
}

/** Checks that a server can use these, before it does. @throws SettingError that names the flag and the file */
export function checkServerCertificate(cert: Buffer, certPath: string, key: Buffer, keyPath: string): void {
  const [own] = parseCertificates(cert, '--tls-cert', certPath);
  if (own?.checkPrivateKey(readPrivateKey(key, keyPath)) !== true) {
    throw new SettingError(
      `--tls-key ${keyPath}`,
      `is not the key of the first certificate in --tls-cert ${certPath}`,
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error:\w+:/, '') : `${error}`;
    throw new SettingError(`--tls-cert ${certPath}`, `cannot be used: ${reason}`);
  }
}

function readPrivateKey(key: Buffer, path: string) {
  try {
    return createPrivateKey(key);
  } catch (error) {
    const encrypted = error instanceof TypeError || /ENCRYPTED/.test(key.toString('latin1'));
    throw new SettingError(
      `--tls-key ${path}`,
      encrypted ? 'is encrypted; decrypt it with `openssl pkey`' : 'holds no private key in PEM',
    );
  }
}

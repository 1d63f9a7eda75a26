import { readFile, stat } from 'node:fs/promises';
import type { ServiceSettings } from '../../config/service-settings.js';
import { CommandLineError, SettingError, UnreadableError } from '../../errors.js';
import { hasCode, reasonOf } from '../../os-error.js';
import { type Credentials, type HashedToken, parseTokenFile } from './access.js';
import { checkServerCertificate, parseCertificates, type TlsOptions } from './certificates.js';
import type { JwtOptions } from './jwt-check.js';

/** Milliseconds between two looks at the files: a revoked credential is out within a second. */
const WATCH_INTERVAL = 400;

/** Bytes of an HS256 secret (RFC 7518, section 3.2). */
const SHORTEST_SECRET = 32;
const HASHES_ONLY = 'it holds hashes, not tokens, so `chmod 644` gives no secret away';

interface CredentialEvents {
  /** New credentials were read and are in force. */
  onRenewed(): void;
  /** A file cannot be used: what it said before stays in force. */
  onRefused(error: unknown): void;
}

/**
 * Reads credentials, and reads them again whenever one of their files changes. The files are polled: that works on
 * every file system, and follows the links that Kubernetes and certbot switch over.
 *
 * @throws what `readCredentials` throws
 */
export async function openCredentials(settings: ServiceSettings, { onRenewed, onRefused }: CredentialEvents) {
  const paths = credentialFiles(settings);
  let seen = await fingerprint(paths);
  let current = await readCredentials(settings);
  let listener: (credentials: Credentials) => void = () => {};
  let reading = Promise.resolve();

  async function read(found: string): Promise<void> {
    seen = found;
    let refused = false;
    const refuse = (error: unknown) => {
      refused = true;
      onRefused(error);
    };
    try {
      const next = await readCredentials(settings, { before: current, onRefused: refuse });
      listener(next);
      current = next;
      if (!refused) onRenewed();
    } catch (error) {
      refuse(error);
    }
  }
  async function look(): Promise<void> {
    const found = await fingerprint(paths);
    if (found !== seen) await read(found);
  }
  // One after the other: the last to read must be the last to have begun.
  const next = (step: () => Promise<void>) => {
    reading = reading.then(step);
    return reading;
  };
  const timer = paths.length > 0 ? setInterval(() => next(look), WATCH_INTERVAL).unref() : undefined;
  return {
    current: () => current,
    /** Called with each new set, which is in force once the listener is done. */
    onChange(changed: typeof listener): void {
      listener = changed;
    },
    /** Reads the files again. Never fails: see `onRefused`. */
    reload: () => next(async () => read(await fingerprint(paths))),
    close: () => clearInterval(timer),
  };
}

/** The credentials in force, which follow their files. */
export type LiveCredentials = Awaited<ReturnType<typeof openCredentials>>;

/** Changes whenever a file is written, replaced, removed or linked elsewhere; a pipe changes by being read. */
async function fingerprint(paths: readonly string[]): Promise<string> {
  const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return stats
    .map((stat) =>
      stat === undefined || !stat.isFile()
        ? '-'
        : [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(),
    )
    .join(' ');
}

/**
 * Reads the files that say who is admitted, and how connections are encrypted.
 *
 * @param fallback what remains in force where a file cannot be used; without it that is an error
 * @throws CommandLineError for flags that need each other
 * @throws UnreadableError, SettingError for their files
 */
async function readCredentials(
  settings: ServiceSettings,
  fallback?: { readonly before: Credentials; onRefused(error: unknown): void },
): Promise<Credentials> {
  // Each for itself: who is revoked in one file must not stay because another is wrong.
  async function read<Part>(
    paths: readonly (string | undefined)[],
    readPart: (settings: ServiceSettings) => Promise<Part>,
    before: (credentials: Credentials) => Part,
  ): Promise<Part> {
    if (fallback === undefined) return readPart(settings);
    try {
      await checkFiles(paths);
      return await readPart(settings);
    } catch (error) {
      fallback.onRefused(error);
      return before(fallback.before);
    }
  }
  const { tlsCert, tlsKey, tlsClientCa } = settings;
  const certificate = await read([tlsCert, tlsKey], readServerCertificate, ({ tls }) => tls);
  const { clientCa, authorities } = await read(
    [tlsClientCa],
    readAuthorities,
    ({ tls }) => tls ?? NO_AUTHORITIES,
  );
  const tokens = await read([settings.tokens], readTokens, (before) => before.tokens);
  const secret = await read([settings.jwtSecretFile], readSecret, ({ jwt }) => jwt?.secret);
  const jwks = await read([settings.jwks], readJwks, ({ jwt }) => jwt?.jwks);
  const tls = certificate && { ...certificate, clientCa, authorities };
  return { tls, tokens, jwt: jwtOptions(settings, secret, jwks) };
}

const NO_AUTHORITIES = { clientCa: undefined, authorities: [] };

/** Some may be pipes, which are read at the start, and might never end a second time. @throws UnreadableError */
async function checkFiles(paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
    if (path !== undefined && found?.isFile() === false)
      throw new UnreadableError(path, 'is no regular file');
  }
}

/** The files whose change changes the credentials. */
function credentialFiles(settings: ServiceSettings): string[] {
  const { tokens, jwtSecretFile, jwks, tlsCert, tlsKey, tlsClientCa } = settings;
  const keyFile = jwks === undefined || isUrl(jwks) ? undefined : jwks;
  return [tokens, jwtSecretFile, keyFile, tlsCert, tlsKey, tlsClientCa].filter((path) => path !== undefined);
}

async function readServerCertificate({
  tlsCert,
  tlsKey,
  tlsClientCa,
}: ServiceSettings): Promise<Pick<TlsOptions, 'cert' | 'key'> | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) {
    if (tlsCert ?? tlsKey ?? tlsClientCa) {
      throw new CommandLineError('--tls-cert and --tls-key go together, and --tls-client-ca needs them');
    }
    return undefined;
  }
  const [cert, key] = await Promise.all([readBytes(tlsCert), readBytes(tlsKey)]);
  checkServerCertificate(cert, tlsCert, key, tlsKey);
  return { cert, key };
}

async function readAuthorities({
  tlsClientCa: path,
}: ServiceSettings): Promise<Pick<TlsOptions, 'clientCa' | 'authorities'>> {
  if (path === undefined) return NO_AUTHORITIES;
  const clientCa = await readBytes(path);
  return { clientCa, authorities: parseCertificates(clientCa, '--tls-client-ca', path) };
}

async function readTokens({ tokens }: ServiceSettings): Promise<HashedToken[]> {
  return tokens === undefined ? [] : parseTokenFile(await readText(tokens, HASHES_ONLY), tokens);
}

function jwtOptions(
  { jwtIssuer: issuer, jwtAudience: audience }: ServiceSettings,
  secret: JwtOptions['secret'],
  jwks: JwtOptions['jwks'],
): JwtOptions | undefined {
  if (secret === undefined && jwks === undefined) {
    if (issuer ?? audience)
      throw new CommandLineError('--jwt-issuer and --jwt-audience need --jwks or a secret');
    return undefined;
  }
  if (jwks !== undefined && (issuer === undefined || audience === undefined)) {
    throw new CommandLineError(
      '--jwks: needs --jwt-issuer and --jwt-audience, or a token made for another service would do',
    );
  }
  return { secret, jwks, issuer, audience };
}

async function readSecret({ jwtSecretFile, jwtSecret }: ServiceSettings): Promise<Buffer | undefined> {
  const text = jwtSecretFile === undefined ? jwtSecret : (await readText(jwtSecretFile)).trim();
  const secret = text === undefined ? undefined : Buffer.from(text);
  if (secret !== undefined && secret.length < SHORTEST_SECRET) {
    const origin = jwtSecretFile ?? 'O_COPILOT_JWT_SECRET';
    throw new SettingError(origin, `a secret for HS256 has at least ${SHORTEST_SECRET} bytes`);
  }
  return secret;
}

async function readJwks({ jwks: where }: ServiceSettings): Promise<URL | object | undefined> {
  if (where === undefined) return undefined;
  if (isUrl(where)) {
    if (!URL.canParse(where)) throw new CommandLineError('--jwks: expected a URL or a file');
    return new URL(where);
  }
  const content = await readText(where);
  try {
    const set: unknown = JSON.parse(content);
    if (typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys)) return set;
  } catch {
    // Reported below, without what the file holds.
  }
  throw new SettingError(where, 'is not a JWK set: {"keys":[…]}');
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

async function readText(path: string, hint?: string): Promise<string> {
  return (await readBytes(path, hint)).toString();
}

/** @throws UnreadableError */
async function readBytes(path: string, hint = 'make it readable for that user alone'): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = reasonOf(error);
    if (!hasCode(error, 'EACCES')) throw new UnreadableError(path, reason);
    throw new UnreadableError(
      path,
      `${reason} for user ${process.getuid?.()}, as whom the service runs; ${hint}`,
    );
  }
}

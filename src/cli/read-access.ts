import { readFile } from 'node:fs/promises';
import { CommandLineError, SettingError, UnreadableError } from '../errors.js';
import { hasCode, reasonOf } from '../os-error.js';
import { isLoopback } from '../service/auth/loopback.js';
import { parseTokenFile } from '../service/auth/token-file.js';
import type { AccessOptions, JwtOptions, TlsOptions } from '../service/service-options.js';
import type { ServeChoice } from './options/serve-options.js';

/** Bytes of an HS256 secret (RFC 7518, section 3.2). */
const SHORTEST_SECRET = 32;

const HASHES_ONLY = 'it holds hashes, not tokens, so `chmod 644` gives no secret away';

/** Who is let in, and how the connection is kept private. */
export interface Access {
  readonly access: AccessOptions;
  readonly tls: TlsOptions | undefined;
}

/**
 * Reads the files that say who is let in.
 *
 * @throws CommandLineError for flags that need each other, and where everybody on the network would be let in
 * @throws UnreadableError, SettingError for their files
 */
export async function readAccess(choice: ServeChoice): Promise<Access> {
  const tls = await readTls(choice);
  const tokens =
    choice.tokens === undefined
      ? []
      : parseTokenFile(await readText(choice.tokens, HASHES_ONLY), choice.tokens);
  const jwt = await readJwt(choice);
  const asks = tokens.length > 0 || jwt !== undefined || tls?.clientCa !== undefined;
  if (!asks && !isLoopback(choice.host) && !choice.insecure) {
    throw new CommandLineError(
      `--host ${choice.host}: whoever reaches this address would see the bill; ` +
        'give --tokens, --jwks, --jwt-secret-file or --tls-client-ca, or say --insecure',
    );
  }
  return { access: { tokens, jwt }, tls };
}

async function readTls({ tlsCert, tlsKey, tlsClientCa }: ServeChoice): Promise<TlsOptions | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) {
    if (tlsCert ?? tlsKey ?? tlsClientCa) {
      throw new CommandLineError('--tls-cert and --tls-key go together, and --tls-client-ca needs them');
    }
    return undefined;
  }
  const [cert, key, clientCa] = await Promise.all([
    readBytes(tlsCert),
    readBytes(tlsKey),
    tlsClientCa === undefined ? undefined : readBytes(tlsClientCa),
  ]);
  return { cert, key, clientCa };
}

async function readJwt(choice: ServeChoice): Promise<JwtOptions | undefined> {
  const { jwtIssuer: issuer, jwtAudience: audience } = choice;
  const secret = await readSecret(choice);
  if (secret === undefined && choice.jwks === undefined) {
    if (issuer ?? audience)
      throw new CommandLineError('--jwt-issuer and --jwt-audience need --jwks or a secret');
    return undefined;
  }
  if (choice.jwks !== undefined && (issuer === undefined || audience === undefined)) {
    throw new CommandLineError(
      '--jwks: needs --jwt-issuer and --jwt-audience, or a token made for another service would do',
    );
  }
  return {
    secret,
    jwks: choice.jwks === undefined ? undefined : await readJwks(choice.jwks),
    issuer,
    audience,
  };
}

async function readSecret({ jwtSecretFile, jwtSecret }: ServeChoice): Promise<Buffer | undefined> {
  const secret =
    jwtSecretFile === undefined
      ? jwtSecret === undefined
        ? undefined
        : Buffer.from(jwtSecret)
      : Buffer.from((await readText(jwtSecretFile)).trim());
  if (secret !== undefined && secret.length < SHORTEST_SECRET) {
    const origin = jwtSecretFile ?? 'O_COPILOT_JWT_SECRET';
    throw new SettingError(origin, `a secret for HS256 has at least ${SHORTEST_SECRET} bytes`);
  }
  return secret;
}

async function readJwks(where: string): Promise<URL | object> {
  if (/^https?:\/\//i.test(where)) {
    if (!URL.canParse(where)) throw new CommandLineError('--jwks: expected a URL or a file');
    return new URL(where);
  }
  const content = await readText(where);
  try {
    const set: unknown = JSON.parse(content);
    if (typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys)) return set;
  } catch {
    // Told below, without what the file holds.
  }
  throw new SettingError(where, 'is not a JWK set: {"keys":[…]}');
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

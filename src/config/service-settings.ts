import { isIP } from 'node:net';
import { type Declarations, setting, type ValuesOf } from './setting.js';
import {
  duration,
  InvalidValue,
  oneOf,
  type Parse,
  parsedBy,
  plainText,
  size,
  wholeNumber,
} from './value.js';

interface RateLimit {
  readonly requests: number;
  /** Milliseconds. */
  readonly window: number;
}

const rateLimit: Parse<RateLimit | undefined> = (text) => {
  if (text === 'off') return undefined;
  const [, requests, unit] = /^([1-9]\d{0,8})\/(\w+)$/.exec(text) ?? [];
  if (requests === undefined || unit === undefined) {
    throw new InvalidValue('a count and a duration such as 600/1m, or off', text);
  }
  return { requests: Number(requests), window: duration(unit) };
};

const redisUrl: Parse<string> = (text) => {
  if (!/^rediss?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidValue('a URL such as redis://127.0.0.1:6379', text.replace(/\/\/.*@/, '//…@'));
  }
  return text;
};

/** Texts separated by commas. */
function list(isValid: (part: string) => boolean, expected: string): Parse<readonly string[]> {
  return parsedBy((text) => {
    const parts = text.split(',').map((part) => part.trim());
    return parts.every(isValid) ? parts : undefined;
  }, `${expected}, separated by commas`);
}

/** As Fastify's `trustProxy` takes it. */
function isAddressOrRange(text: string): boolean {
  const [, address = '', bits = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

const basePath = parsedBy((text) => {
  const path = text.replace(/\/+$/, '');
  return /^(?:\/[\w.~-]+)*$/.test(path) && !/\/\.\.?(?:\/|$)/.test(path) ? path : undefined;
}, 'a path such as /billing');

/** Bytes. With less there is nothing to answer with. */
const memory = parsedBy((text) => {
  const bytes = size(text);
  return bytes < 1024 ** 2 ? undefined : bytes;
}, 'at least 1m');

const READ_FILE = { file: 'read', unset: 'none' } as const;

/** What `serve` reads beside SETTINGS. Times are milliseconds. */
export const SERVICE_SETTINGS = {
  host: setting('address', 'address to listen on', plainText, { default: '127.0.0.1', unprefixed: 'too' }),
  port: setting('number', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), {
    default: '8080',
    unprefixed: 'too',
  }),
  addressFile: setting(
    'file',
    'write here the URL it listens at, for --healthcheck and for --port 0',
    plainText,
    { ...READ_FILE, file: 'write' },
  ),
  messagesTtl: setting('time', 'how long the messages are served before they are requested again', duration, {
    default: '5s',
  }),
  cacheTtl: setting('time', 'how long reports are cached; missing ones, 30s at the most', duration, {
    default: '5m',
  }),
  redis: setting('url', 'keep reports and rate limits in Redis, shared by several services', redisUrl, {
    unset: 'memory',
  }),
  maxMemory: setting(
    'size',
    'for the period, answers being computed, and caches; beyond it, 503; 1m at least',
    memory,
    { default: '256m' },
  ),
  maxJobs: setting(
    'count',
    'different answers being computed at once; beyond it, 503',
    wholeNumber(1, 100_000),
    { default: '100' },
  ),
  rateLimit: setting('count/time', 'requests of one client, or off', rateLimit, { default: '600/1m' }),
  grace: setting('time', 'how long requests under way may take after SIGTERM', duration, { default: '10s' }),
  tokens: setting(
    'file',
    'admit bearer tokens whose hashes are in this file (serve --hash-token)',
    plainText,
    READ_FILE,
  ),
  jwtSecretFile: setting('file', 'admit JWTs signed with this secret (HS256)', plainText, READ_FILE),
  jwks: setting('url|file', 'admit JWTs signed with one of these keys (RS256, ES256)', plainText, READ_FILE),
  jwtIssuer: setting('name', 'the iss that a JWT must have', plainText, { unset: 'any' }),
  jwtAudience: setting('name', 'the aud that a JWT must have', plainText, { unset: 'any' }),
  tlsCert: setting('file', 'serve https with this certificate (PEM)', plainText, READ_FILE),
  tlsKey: setting('file', 'the key of --tls-cert (PEM)', plainText, READ_FILE),
  tlsClientCa: setting(
    'file',
    'admit only clients with a certificate from this authority (PEM)',
    plainText,
    READ_FILE,
  ),
  trustProxy: setting(
    'addresses',
    'reverse proxies whose X-Forwarded-For says who the client is',
    list(isAddressOrRange, 'addresses or ranges such as 10.0.0.7,10.1.0.0/16'),
    { unset: 'none' },
  ),
  basePath: setting('path', 'the path under which a reverse proxy shows the service', basePath, {
    default: '/',
  }),
  corsOrigin: setting(
    'origins',
    'origins whose pages may read the answers in a browser',
    list(isOrigin, 'origins such as https://intranet.example:8443'),
    { unset: 'none' },
  ),
  logLevel: setting(
    'level',
    'least important log line: trace, debug, info, warn, error, silent',
    oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    { default: 'info', unprefixed: 'only' },
  ),
  logFormat: setting('format', 'log lines as json, or pretty for people', oneOf(['json', 'pretty']), {
    default: 'json',
    unprefixed: 'only',
  }),
  // Secrets are for places where no file can be mounted.
  jwtSecret: setting('secret', 'admit JWTs signed with this secret (HS256)', plainText, { secret: true }),
  cacheSecret: setting('secret', 'authenticates what services share in Redis', plainText, {
    unset: 'from the source and its token',
    secret: true,
  }),
} as const satisfies Declarations;

export type ServiceSettings = ValuesOf<typeof SERVICE_SETTINGS>;

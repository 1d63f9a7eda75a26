import { isIP } from 'node:net';
import type { Declarations, ValuesOf } from './setting.js';
import {
  duration,
  InvalidValue,
  oneOf,
  type Parse,
  parsedBy,
  plainText,
  size,
  TIME,
  wholeNumber,
} from './value.js';

/** Requests allowed within a span of time. */
export interface RateLimit {
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

const NAME = { placeholder: 'name', parse: plainText } as const;
const READ_FILE = { placeholder: 'file', parse: plainText, file: 'read', unset: 'none' } as const;

/** What `serve` reads beside SETTINGS. Times are milliseconds. */
export const SERVICE_SETTINGS = {
  host: {
    placeholder: 'address',
    description: 'address to listen on',
    parse: plainText,
    default: '127.0.0.1',
    unprefixed: 'too',
  },
  port: {
    placeholder: 'number',
    description: 'port to listen on; 0 takes a free one',
    parse: wholeNumber(0, 65_535),
    default: '8080',
    unprefixed: 'too',
  },
  addressFile: {
    ...READ_FILE,
    description: 'write here the URL it listens at, for --healthcheck and for --port 0',
    file: 'write',
  },
  messagesTtl: {
    ...TIME,
    description: 'how long the messages are served before they are requested again',
    default: '5s',
  },
  cacheTtl: {
    ...TIME,
    description: 'how long reports are cached; missing ones, 30s at the most',
    default: '5m',
  },
  redis: {
    placeholder: 'url',
    description: 'keep reports and rate limits in Redis, shared by several services',
    parse: redisUrl,
    unset: 'memory',
  },
  maxMemory: {
    placeholder: 'size',
    description: 'for the period, answers being computed, and caches; beyond it, 503; 1m at least',
    parse: memory,
    default: '256m',
  },
  maxJobs: {
    placeholder: 'count',
    description: 'different answers being computed at once; beyond it, 503',
    parse: wholeNumber(1, 100_000),
    default: '100',
  },
  rateLimit: {
    placeholder: 'count/time',
    description: 'requests of one client, or off',
    parse: rateLimit,
    default: '600/1m',
  },
  grace: {
    ...TIME,
    description: 'how long requests under way may take after SIGTERM',
    default: '10s',
  },
  tokens: {
    ...READ_FILE,
    description: 'admit bearer tokens whose hashes are in this file (serve --hash-token)',
  },
  jwtSecretFile: { ...READ_FILE, description: 'admit JWTs signed with this secret (HS256)' },
  jwks: {
    ...READ_FILE,
    placeholder: 'url|file',
    description: 'admit JWTs signed with one of these keys (RS256, ES256)',
  },
  jwtIssuer: { ...NAME, description: 'the iss that a JWT must have', unset: 'any' },
  jwtAudience: { ...NAME, description: 'the aud that a JWT must have', unset: 'any' },
  tlsCert: { ...READ_FILE, description: 'serve https with this certificate (PEM)' },
  tlsKey: { ...READ_FILE, description: 'the key of --tls-cert (PEM)' },
  tlsClientCa: {
    ...READ_FILE,
    description: 'admit only clients with a certificate from this authority (PEM)',
  },
  trustProxy: {
    placeholder: 'addresses',
    description: 'reverse proxies whose X-Forwarded-For says who the client is',
    parse: list(isAddressOrRange, 'addresses or ranges such as 10.0.0.7,10.1.0.0/16'),
    unset: 'none',
  },
  basePath: {
    placeholder: 'path',
    description: 'the path under which a reverse proxy shows the service',
    parse: basePath,
    default: '/',
  },
  corsOrigin: {
    placeholder: 'origins',
    description: 'origins whose pages may read the answers in a browser',
    parse: list(isOrigin, 'origins such as https://intranet.example:8443'),
    unset: 'none',
  },
  logLevel: {
    placeholder: 'level',
    description: 'least important log line: trace, debug, info, warn, error, silent',
    parse: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    unprefixed: 'only',
  },
  logFormat: {
    placeholder: 'format',
    description: 'log lines as json, or pretty for people',
    parse: oneOf(['json', 'pretty']),
    default: 'json',
    unprefixed: 'only',
  },
  // Secrets are for places where no file can be mounted.
  jwtSecret: {
    placeholder: 'secret',
    description: 'admit JWTs signed with this secret (HS256)',
    parse: plainText,
    secret: true,
  },
  cacheSecret: {
    placeholder: 'secret',
    description: 'authenticates what services share in Redis',
    parse: plainText,
    unset: 'from the source and its token',
    secret: true,
  },
} as const satisfies Declarations;

export type ServiceSettings = ValuesOf<typeof SERVICE_SETTINGS>;

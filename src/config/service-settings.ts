import { isIP } from 'node:net';
import type { Declarations, ValuesOf } from './setting.js';
import { duration, InvalidValue, oneOf, type Parse, plainText, size, wholeNumber } from './value.js';

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

/** Addresses and ranges, as Fastify's `trustProxy` takes them. */
const proxies: Parse<readonly string[]> = (text) => {
  const list = text.split(',').map((part) => part.trim());
  const valid = (part: string) => {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
    const version = isIP(address);
    return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
  };
  if (list.every(valid)) return list;
  throw new InvalidValue('addresses or ranges such as 10.0.0.7,10.1.0.0/16, separated by commas', text);
};

const basePath: Parse<string> = (text) => {
  const path = text.replace(/\/+$/, '');
  if (/^(?:\/[\w.~-]+)*$/.test(path) && !/\/\.\.?(?:\/|$)/.test(path)) return path;
  throw new InvalidValue('a path such as /billing', text);
};

const origins: Parse<readonly string[]> = (text) => {
  const list = text.split(',').map((part) => part.trim());
  if (list.every((part) => /^https?:/.test(part) && URL.canParse(part) && new URL(part).origin === part)) {
    return list;
  }
  throw new InvalidValue('origins such as https://intranet.example:8443, separated by commas', text);
};

/** What `serve` reads beside SETTINGS. Times are milliseconds. */
export const SERVICE_SETTINGS = {
  host: {
    variable: 'O_COPILOT_HOST',
    commonVariable: 'HOST',
    placeholder: 'address',
    description: 'address to listen on',
    parse: plainText,
    default: '127.0.0.1',
  },
  port: {
    variable: 'O_COPILOT_PORT',
    commonVariable: 'PORT',
    placeholder: 'number',
    description: 'port to listen on; 0 takes a free one',
    parse: wholeNumber(0, 65_535),
    default: '8080',
  },
  addressFile: {
    variable: 'O_COPILOT_ADDRESS_FILE',
    placeholder: 'file',
    description: 'write here the URL it listens at, for --healthcheck and for --port 0',
    parse: plainText,
    file: 'write',
    unset: 'none',
  },
  messagesTtl: {
    variable: 'O_COPILOT_MESSAGES_TTL',
    placeholder: 'time',
    description: 'how long the messages are served before they are requested again',
    parse: duration,
    default: '5s',
  },
  cacheTtl: {
    variable: 'O_COPILOT_CACHE_TTL',
    placeholder: 'time',
    description: 'how long reports are cached; missing ones, 30s at the most',
    parse: duration,
    default: '5m',
  },
  redis: {
    variable: 'O_COPILOT_REDIS',
    placeholder: 'url',
    description: 'keep reports and rate limits in Redis, shared by several services',
    parse: redisUrl,
    unset: 'memory',
  },
  maxMemory: {
    variable: 'O_COPILOT_MAX_MEMORY',
    placeholder: 'size',
    description: 'for the period, answers being computed, and caches; beyond it, 503; 1m at least',
    parse: serviceMemory,
    default: '256m',
  },
  maxJobs: {
    variable: 'O_COPILOT_MAX_JOBS',
    placeholder: 'count',
    description: 'different answers being computed at once; beyond it, 503',
    parse: wholeNumber(1, 100_000),
    default: '100',
  },
  rateLimit: {
    variable: 'O_COPILOT_RATE_LIMIT',
    placeholder: 'count/time',
    description: 'requests of one client, or off',
    parse: rateLimit,
    default: '600/1m',
  },
  grace: {
    variable: 'O_COPILOT_GRACE',
    placeholder: 'time',
    description: 'how long requests under way may take after SIGTERM',
    parse: duration,
    default: '10s',
  },
  tokens: {
    variable: 'O_COPILOT_TOKENS',
    placeholder: 'file',
    description: 'admit bearer tokens whose hashes are in this file (serve --hash-token)',
    parse: plainText,
    file: 'read',
    unset: 'none',
  },
  jwtSecretFile: {
    variable: 'O_COPILOT_JWT_SECRET_FILE',
    placeholder: 'file',
    description: 'admit JWTs signed with this secret (HS256)',
    parse: plainText,
    file: 'read',
    unset: 'none',
  },
  jwks: {
    variable: 'O_COPILOT_JWKS',
    placeholder: 'url|file',
    description: 'admit JWTs signed with one of these keys (RS256, ES256)',
    parse: plainText,
    file: 'read',
    unset: 'none',
  },
  jwtIssuer: {
    variable: 'O_COPILOT_JWT_ISSUER',
    placeholder: 'name',
    description: 'the iss that a JWT must have',
    parse: plainText,
    unset: 'any',
  },
  jwtAudience: {
    variable: 'O_COPILOT_JWT_AUDIENCE',
    placeholder: 'name',
    description: 'the aud that a JWT must have',
    parse: plainText,
    unset: 'any',
  },
  tlsCert: {
    variable: 'O_COPILOT_TLS_CERT',
    placeholder: 'file',
    description: 'serve https with this certificate (PEM)',
    parse: plainText,
    file: 'read',
    unset: 'none',
  },
  tlsKey: {
    variable: 'O_COPILOT_TLS_KEY',
    placeholder: 'file',
    description: 'the key of --tls-cert (PEM)',
    parse: plainText,
    file: 'read',
    unset: 'none',
  },
  tlsClientCa: {
    variable: 'O_COPILOT_TLS_CLIENT_CA',
    placeholder: 'file',
    description: 'admit only clients with a certificate from this authority (PEM)',
    parse: plainText,
    file: 'read',
    unset: 'none',
  },
  trustProxy: {
    variable: 'O_COPILOT_TRUST_PROXY',
    placeholder: 'addresses',
    description: 'reverse proxies whose X-Forwarded-For says who the client is',
    parse: proxies,
    unset: 'none',
  },
  basePath: {
    variable: 'O_COPILOT_BASE_PATH',
    placeholder: 'path',
    description: 'the path under which a reverse proxy shows the service',
    parse: basePath,
    default: '/',
  },
  corsOrigin: {
    variable: 'O_COPILOT_CORS_ORIGIN',
    placeholder: 'origins',
    description: 'origins whose pages may read the answers in a browser',
    parse: origins,
    unset: 'none',
  },
  logLevel: {
    variable: 'LOG_LEVEL',
    placeholder: 'level',
    description: 'least important log line: trace, debug, info, warn, error, silent',
    parse: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
  },
  logFormat: {
    variable: 'LOG_FORMAT',
    placeholder: 'format',
    description: 'log lines as json, or pretty for people',
    parse: oneOf(['json', 'pretty']),
    default: 'json',
  },
  // Secrets are for places where no file can be mounted.
  jwtSecret: {
    variable: 'O_COPILOT_JWT_SECRET',
    placeholder: 'secret',
    description: 'admit JWTs signed with this secret (HS256)',
    parse: plainText,
    secret: true,
  },
  cacheSecret: {
    variable: 'O_COPILOT_CACHE_SECRET',
    placeholder: 'secret',
    description: 'authenticates what services share in Redis',
    parse: plainText,
    unset: 'from the source and its token',
    secret: true,
  },
} as const satisfies Declarations;

export type ServiceSettings = ValuesOf<typeof SERVICE_SETTINGS>;

/** Bytes: with less there is nothing to answer with. */
const LEAST_MEMORY = 1024 ** 2;

function serviceMemory(text: string): number {
  const bytes = size(text);
  if (bytes < LEAST_MEMORY) throw new InvalidValue('at least 1m', text);
  return bytes;
}

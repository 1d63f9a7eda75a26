import { isIP } from 'node:net';
import type { Setting } from './settings.js';
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
    flag: 'host',
    variable: 'O_COPILOT_HOST',
    placeholder: 'address',
    description: 'address to listen on',
    parse: plainText,
    fallback: '127.0.0.1',
  },
  port: {
    flag: 'port',
    variable: 'O_COPILOT_PORT',
    placeholder: 'number',
    description: 'port to listen on; 0 takes a free one',
    parse: wholeNumber(0, 65_535),
    fallback: 8080,
  },
  addressFile: {
    flag: 'address-file',
    variable: 'O_COPILOT_ADDRESS_FILE',
    placeholder: 'file',
    description: 'write here the URL it listens at, for --healthcheck and for --port 0',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'none',
  },
  messagesTtl: {
    flag: 'messages-ttl',
    variable: 'O_COPILOT_MESSAGES_TTL',
    placeholder: 'time',
    description: 'how long the messages are served before upstream is asked again',
    parse: duration,
    fallback: 5000,
    shownFallback: '5s',
  },
  cacheTtl: {
    flag: 'cache-ttl',
    variable: 'O_COPILOT_CACHE_TTL',
    placeholder: 'time',
    description: 'how long a report is kept; a missing one, 30s at the most',
    parse: duration,
    fallback: 300_000,
    shownFallback: '5m',
  },
  redis: {
    flag: 'redis',
    variable: 'O_COPILOT_REDIS',
    placeholder: 'url',
    description: 'keep reports and rate limits in Redis, shared by several services',
    parse: redisUrl,
    fallback: undefined,
    shownFallback: 'memory',
  },
  maxMemory: {
    flag: 'max-memory',
    variable: 'O_COPILOT_MAX_MEMORY',
    placeholder: 'size',
    description: 'for the period, answers in the making, and caches; beyond it, 503',
    parse: size,
    fallback: 256 * 1024 * 1024,
    shownFallback: '256m',
  },
  maxJobs: {
    flag: 'max-jobs',
    variable: 'O_COPILOT_MAX_JOBS',
    placeholder: 'count',
    description: 'different answers in the making at once; beyond it, 503',
    parse: wholeNumber(1, 100_000),
    fallback: 100,
  },
  rateLimit: {
    flag: 'rate-limit',
    variable: 'O_COPILOT_RATE_LIMIT',
    placeholder: 'count/time',
    description: 'requests of one client, or off',
    parse: rateLimit,
    fallback: { requests: 600, window: 60_000 },
    shownFallback: '600/1m',
  },
  grace: {
    flag: 'grace',
    variable: 'O_COPILOT_GRACE',
    placeholder: 'time',
    description: 'how long requests under way may take after SIGTERM',
    parse: duration,
    fallback: 10_000,
    shownFallback: '10s',
  },
  tokens: {
    flag: 'tokens',
    variable: 'O_COPILOT_TOKENS',
    placeholder: 'file',
    description: 'let in bearer tokens whose hashes stand here (serve --hash-token)',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'none',
  },
  jwtSecretFile: {
    flag: 'jwt-secret-file',
    variable: 'O_COPILOT_JWT_SECRET_FILE',
    placeholder: 'file',
    description: 'let in JWTs signed with this secret (HS256)',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'none',
  },
  jwks: {
    flag: 'jwks',
    variable: 'O_COPILOT_JWKS',
    placeholder: 'url|file',
    description: 'let in JWTs signed with one of these keys (RS256, ES256)',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'none',
  },
  jwtIssuer: {
    flag: 'jwt-issuer',
    variable: 'O_COPILOT_JWT_ISSUER',
    placeholder: 'name',
    description: 'the iss that a JWT must have',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'any',
  },
  jwtAudience: {
    flag: 'jwt-audience',
    variable: 'O_COPILOT_JWT_AUDIENCE',
    placeholder: 'name',
    description: 'the aud that a JWT must have',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'any',
  },
  tlsCert: {
    flag: 'tls-cert',
    variable: 'O_COPILOT_TLS_CERT',
    placeholder: 'file',
    description: 'serve https with this certificate (PEM)',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'none',
  },
  tlsKey: {
    flag: 'tls-key',
    variable: 'O_COPILOT_TLS_KEY',
    placeholder: 'file',
    description: 'the key of --tls-cert (PEM)',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'none',
  },
  tlsClientCa: {
    flag: 'tls-client-ca',
    variable: 'O_COPILOT_TLS_CLIENT_CA',
    placeholder: 'file',
    description: 'let in only clients with a certificate from this authority (PEM)',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'none',
  },
  trustProxy: {
    flag: 'trust-proxy',
    variable: 'O_COPILOT_TRUST_PROXY',
    placeholder: 'addresses',
    description: 'reverse proxies whose X-Forwarded-For says who the client is',
    parse: proxies,
    fallback: [],
    shownFallback: 'none',
  },
  basePath: {
    flag: 'base-path',
    variable: 'O_COPILOT_BASE_PATH',
    placeholder: 'path',
    description: 'the path under which a reverse proxy shows the service',
    parse: basePath,
    fallback: '',
    shownFallback: '/',
  },
  corsOrigin: {
    flag: 'cors-origin',
    variable: 'O_COPILOT_CORS_ORIGIN',
    placeholder: 'origins',
    description: 'origins whose pages may read the answers in a browser',
    parse: origins,
    fallback: [],
    shownFallback: 'none',
  },
  logLevel: {
    flag: 'log-level',
    variable: 'LOG_LEVEL',
    placeholder: 'level',
    description: 'least important log line: trace, debug, info, warn, error, silent',
    parse: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    fallback: 'info',
  },
  logFormat: {
    flag: 'log-format',
    variable: 'LOG_FORMAT',
    placeholder: 'format',
    description: 'log lines as json, or pretty for people',
    parse: oneOf(['json', 'pretty']),
    fallback: 'json',
  },
} as const satisfies Record<string, Setting<unknown, unknown>>;

/** Secrets that `serve` reads, for places where no file can be mounted; they have no flag. */
export const SERVICE_SECRETS = {
  jwtSecret: {
    variable: 'O_COPILOT_JWT_SECRET',
    placeholder: 'secret',
    description: 'let in JWTs signed with this secret (HS256)',
    parse: plainText,
    fallback: undefined,
    secret: true,
  },
  cacheSecret: {
    variable: 'O_COPILOT_CACHE_SECRET',
    placeholder: 'secret',
    description: 'authenticates what services share in Redis',
    parse: plainText,
    fallback: undefined,
    shownFallback: 'from the source and its token',
    secret: true,
  },
} as const satisfies Record<string, Setting<string, undefined>>;

import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { CannotWriteError, type ErrorCode, OCopilotError, UpstreamError } from '../../errors.js';

/** The body of every error: a problem document (RFC 9457), `application/problem+json`. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable, for scripts: as on the command line, or `bad_query`, `not_found` …. */
  readonly code: string;
  readonly [extension: string]: string | number | boolean;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Of every answer with a body: its type is what it says, and no page of another site embeds it. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/** What this service itself refuses. Its text goes to the client. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** More members of the problem document. */
    readonly extensions: Readonly<Record<string, string | number>> = {},
  ) {
    super(detail);
  }
}

/** Characters of a parameter's name that are shown. */
const LONGEST_NAME = 80;

/** A query that cannot be answered: 400, and which parameter is to blame. */
export function badQuery(name: string, problem: string): Refusal {
  const parameter = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return new Refusal(400, 'bad_query', `${parameter}: ${problem}`, {}, { parameter });
}

/**
 * @param error anything: what is not known is a 500 without details
 * @param serverPaths that a client must not see; other absolute paths are hidden as well
 */
export function toProblem(error: unknown, serverPaths: readonly string[] = []): Problem {
  if (error instanceof Refusal) {
    return problem(error.status, error.code, error.message, error.extensions);
  }
  if (error instanceof OCopilotError) {
    const [status, hidden] = OWN_ERRORS[error.code] ?? [500, 'this failed'];
    if (hidden !== undefined) return problem(status, error.code, `${hidden}; the log says why`);
    const hide = (text: string) => hidePaths(text, serverPaths);
    const details = Object.entries(error.details()).map(([key, value]): [string, typeof value] => [
      key,
      typeof value === 'string' ? hide(value) : value,
    ]);
    return problem(status, error.code, hide(error.message), Object.fromEntries(details));
  }
  const status = frameworkStatus(error);
  if (status !== undefined && error instanceof Error) return problem(status, 'bad_request', error.message);
  return problem(500, 'internal', 'a bug in o-copilot; the log says more under this request id');
}

const NO_SPACE = 'not enough memory or disk space for so large an answer';

/**
 * The status of each error, and what is said of it where it speaks of files and settings of the server. Faults of upstream
 * and of the data are a gateway's: 502 and 504; a source file or temporary folder is ours: 503.
 */
const OWN_ERRORS: Partial<Record<ErrorCode, readonly [status: number, hidden?: string]>> = {
  upstream: [502],
  upstream_timeout: [504],
  unauthorized: [502],
  bad_data: [502],
  unreadable: [503, 'the source cannot be read'],
  cannot_write: [503, NO_SPACE],
  cannot_create: [500, NO_SPACE],
  bad_setting: [500, 'a setting of the service is wrong'],
};

/** A path that begins a word, so that no URL is one. */
const ABSOLUTE_PATH = /(?<![\w:/.%-])\/(?:[^\s/:"',;()]+\/)*[^\s/:"',;()]+/g;

function hidePaths(text: string, serverPaths: readonly string[]): string {
  const known = serverPaths.reduce((shown, path) => shown.replaceAll(path, '(the source)'), text);
  return known.replace(ABSOLUTE_PATH, '(a file of the server)');
}

/** Seconds after which a request may be repeated, where that is known. */
function retryAfterOf(error: unknown): number | undefined {
  if (error instanceof UpstreamError) return error.retryAfter;
  return error instanceof CannotWriteError ? SPOOL_RETRY : undefined;
}

/** Seconds: other answers have been sent by then, and their files are gone. */
const SPOOL_RETRY = 5;

/** Fastify's own refusals, of a malformed URL say, carry a status below 500. */
function frameworkStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

function problem(
  status: number,
  code: string,
  detail: string,
  extensions: Readonly<Record<string, string | number | boolean>> = {},
): Problem {
  // The status of an upstream's answer must not pass for this one's.
  const { status: upstreamStatus, ...others } = extensions;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    code,
    ...others,
    ...(upstreamStatus !== undefined && { upstream_status: upstreamStatus }),
  };
}

/** What an answer may have set before it failed. */
const HEADERS_OF_ANSWERS = ['content-length', 'content-encoding', 'etag', 'link'];

/**
 * Gives the function that answers with a problem document; what is a fault of ours or of upstream goes to the log as well.
 *
 * @param serverPaths that no client may see
 */
export function createProblemReply(log: Logger, serverPaths: readonly string[]) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = toProblem(error, serverPaths);
    if (problem.status >= 500) {
      const { code, detail } = problem;
      if (code === 'internal') log.error({ reqId: request.id, err: error }, 'a bug');
      else {
        const full = error instanceof Error ? error.message : detail;
        log.warn({ reqId: request.id, code, detail: full }, 'cannot answer');
      }
    }
    for (const name of HEADERS_OF_ANSWERS) reply.removeHeader(name);
    reply.headers(SECURITY_HEADERS);
    if (error instanceof Refusal) reply.headers(error.headers);
    const retryAfter = retryAfterOf(error);
    if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
    return reply
      .code(problem.status)
      .header('cache-control', 'no-store')
      .type(PROBLEM_MEDIA_TYPE)
      .send({ ...problem, instance: request.id });
  };
}

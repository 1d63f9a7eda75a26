import { DATA_FORMATS, declarationOf } from '../../format/formats.js';
import { PROBLEM_MEDIA_TYPE } from '../shared/problem.js';

/* What /openapi.json says of answers. The tests check real answers against it. */

export const TIMESTAMP = { type: 'string', format: 'date-time', description: 'RFC 3339' };
export const CREDITS = { type: 'number', description: 'Exact: read it as a decimal, not as a binary float' };
export const COST = { type: 'number', description: 'Exact, in `currency`; where a credit has a price' };
export const CURRENCY = {
  type: 'string',
  pattern: '^[A-Z]{3}$',
  description: 'ISO 4217; where a credit has a price',
};
export const SHORT_TEXT = { type: 'string' };

/** An object with these members and no others. */
export function members<Required extends object, Optional extends object = object>(
  required: Required,
  optional?: Optional,
) {
  return {
    type: 'object',
    required: Object.keys(required),
    additionalProperties: false,
    properties: { ...required, ...optional },
  };
}

/** The body of every error, which routes refer to. */
export const PROBLEM_SCHEMA = {
  $id: 'Problem',
  type: 'object',
  description: 'A problem document (RFC 9457)',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: SHORT_TEXT,
    title: SHORT_TEXT,
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What went wrong, and what to do' },
    code: { type: 'string', description: 'Stable, for scripts' },
    instance: { type: 'string', description: 'The request id, as in the log' },
    parameter: { type: 'string', description: 'Of the query: which one is wrong' },
  },
};

const COMMON_HEADERS = {
  'x-request-id': { type: 'string', description: 'As in the log; that of the request, where it has one' },
  'x-content-type-options': { const: 'nosniff' },
  'cross-origin-resource-policy': { const: 'same-origin' },
};
export const CACHE_CONTROL = { 'cache-control': SHORT_TEXT };
export const CONTENT_ENCODING = {
  'content-encoding': { type: 'string', enum: ['gzip', 'br'], description: 'Of answers of 1 kB and more' },
};
export const VARY = { type: 'string', description: 'The request headers that choose the answer' };
const VALIDATORS = {
  ...CACHE_CONTROL,
  etag: { type: 'string', description: 'Of these bytes: strong, and another one for each content-encoding' },
  vary: VARY,
};
const RETRY_AFTER = { 'retry-after': { type: 'integer', description: 'Seconds' } };

/** The errors that there are, and their headers beside the common ones. */
const PROBLEMS = {
  400: ['The request or its query is wrong: `parameter` names which'],
  401: ['No valid bearer token', { 'www-authenticate': SHORT_TEXT }],
  403: ['No client certificate on this connection'],
  404: ['There is no such message'],
  405: ['Of other methods: the address does not take them', { allow: SHORT_TEXT }],
  406: ['Nothing that there is fits Accept or Accept-Encoding', { vary: VARY }],
  409: ['The message occurs several times in the period'],
  410: ['The rows changed between two pages: begin again (`cursor_gone`)'],
  421: ['The name is none of this service'],
  429: ['Too many requests', RETRY_AFTER],
  500: ['A bug; the log says more'],
  502: ['Upstream failed, or sent what cannot be read', RETRY_AFTER],
  503: ['Not enough memory, or no credentials’ keys now, or the source cannot be read', RETRY_AFTER],
  504: ['Upstream took too long', RETRY_AFTER],
} as const satisfies Record<number, readonly [description: string, headers?: object]>;

type ProblemStatus = keyof typeof PROBLEMS;

/** What any address may answer, before its route is known. */
const ANYWHERE = [400, 405, 421, 500] as const;
/** What addresses answer that are not open to everybody. */
export const GUARDED = [401, 403, 429, 503] as const;
/** What addresses answer that show the period. */
export const OF_PERIOD = [...GUARDED, 406, 502, 504] as const;

/**
 * The `response` of a route.
 *
 * @param successes by status: description, content and headers
 * @param statuses of errors beside those of any address
 */
export function replies(successes: Readonly<Record<string, Reply>>, statuses: readonly ProblemStatus[] = []) {
  const described = Object.entries(successes).map(([status, { headers = {}, ...reply }]) => [
    status,
    { ...reply, headers: { ...COMMON_HEADERS, ...headers } },
  ]);
  const refused = [...new Set([...ANYWHERE, ...statuses])]
    .filter((status) => !(status in successes))
    .map((status) => [status, problem(PROBLEMS[status])]);
  return {
    ...Object.fromEntries([...refused, ...described]),
    default: problem(['What HTTP itself refuses: 408, 414, 431, 501, 505']),
  };
}

interface Reply {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
  readonly headers?: object;
  /** `null` where there is no body. */
  readonly type?: 'null';
}

function problem([description, headers = {}]: readonly [description: string, headers?: object]) {
  return {
    description,
    headers: { ...COMMON_HEADERS, ...CACHE_CONTROL, ...headers },
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: 'Problem#' } } },
  };
}

/** 200 and 304 of an answer that clients may store and must revalidate. */
export function storable(ok: Reply): Readonly<Record<string, Reply>> {
  return {
    200: { ...ok, headers: { ...VALIDATORS, ...CONTENT_ENCODING, ...ok.headers } },
    304: {
      description: 'The client has it: of If-None-Match',
      type: 'null',
      headers: { ...VALIDATORS, ...ok.headers },
    },
  };
}

/** An answer of this moment. */
export function unstored(description: string, schema: object): Reply {
  return { description, headers: CACHE_CONTROL, content: { 'application/json': { schema } } };
}

/** What an answer is in the formats beside JSON, by media type. */
export const OTHER_CONTENTS = Object.fromEntries(
  DATA_FORMATS.filter((format) => format !== 'json')
    .map(declarationOf)
    .map(({ mediaType, description }) => [mediaType, { schema: { type: 'string', description } }]),
);

import {
  CACHE_CONTROL,
  CONTENT_ENCODING,
  GUARDED,
  replies,
  SHORT_TEXT,
  storable,
  unstored,
  VARY,
} from './replies.js';

/* Addresses about the service itself. */

const HEALTH = {
  type: 'object',
  required: ['status', 'version'],
  properties: { status: { const: 'ok' }, version: SHORT_TEXT },
};

/** `GET /health`. */
export const HEALTH_SCHEMA = {
  operationId: 'health',
  tags: ['operation'],
  summary: 'Whether the service runs',
  description: 'Open to everybody.',
  security: [],
  response: replies({ 200: unstored('It does', 'application/json', HEALTH) }),
};

const READINESS = {
  type: 'object',
  required: ['status', 'upstream', 'redis'],
  properties: {
    status: { type: 'string', enum: ['ready', 'unready'] },
    upstream: {
      type: 'object',
      required: ['status'],
      properties: {
        status: { type: 'string', enum: ['up', 'down'] },
        age_seconds: { type: 'integer', description: 'Since it last answered' },
        reason: SHORT_TEXT,
      },
    },
    redis: { type: 'string', enum: ['up', 'down', 'unused'] },
  },
};

/** `GET /ready`. A 503 may also be a problem of authentication. */
export const READINESS_SCHEMA = {
  operationId: 'ready',
  tags: ['operation'],
  summary: 'Whether upstream was reachable lately, and what Redis does',
  description: 'Not counted by the rate limit for who is admitted.',
  response: replies(
    {
      200: unstored('It was', 'application/json', READINESS),
      503: unstored('It was not', 'application/json', READINESS),
    },
    GUARDED,
  ),
};

/** `GET /metrics`. */
export const METRICS_SCHEMA = {
  operationId: 'metrics',
  tags: ['operation'],
  summary: 'Counts and times for Prometheus',
  description: 'Open to everybody with `--open-metrics`.',
  response: replies(
    {
      200: {
        description: 'In the text format of Prometheus',
        headers: { ...CACHE_CONTROL, ...CONTENT_ENCODING, vary: VARY },
        content: { 'text/plain': { schema: SHORT_TEXT } },
      },
    },
    [...GUARDED, 406],
  ),
};

/** `GET /openapi.json`. */
export const OPENAPI_SCHEMA = {
  operationId: 'describe',
  tags: ['operation'],
  summary: 'This document',
  description: 'OpenAPI 3.1.',
  response: replies(
    storable({ description: 'It', content: { 'application/json': { schema: { type: 'object' } } } }),
    [...GUARDED, 406],
  ),
};

/** `GET /docs`. */
export const DOCS_SCHEMA = {
  operationId: 'docs',
  tags: ['operation'],
  summary: 'Where the description is',
  description: 'The address that FastAPI has for it, for those who come from the first service.',
  response: replies(
    {
      307: { description: 'At `/openapi.json`', type: 'null', headers: { location: SHORT_TEXT } },
    },
    GUARDED,
  ),
};

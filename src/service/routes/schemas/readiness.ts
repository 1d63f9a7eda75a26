import { SHORT_TEXT } from './parts.js';

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

export const READINESS_SCHEMA = {
  summary: 'Whether upstream was reachable lately, and what Redis does',
  response: {
    200: { description: 'It was', content: { 'application/json': { schema: READINESS } } },
    503: { description: 'It was not', content: { 'application/json': { schema: READINESS } } },
  },
};

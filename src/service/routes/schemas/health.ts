import { SHORT_TEXT } from './parts.js';

export const HEALTH_SCHEMA = {
  summary: 'Whether the service runs; open to everybody',
  security: [],
  response: {
    200: {
      description: 'It does',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['status', 'version'],
            properties: { status: { const: 'ok' }, version: SHORT_TEXT },
          },
        },
      },
    },
  },
};

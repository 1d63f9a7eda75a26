import { KINDS } from '../../../usage/pricing/priced-row.js';
import { CREDITS, PROBLEMS, SHORT_TEXT, TIMESTAMP } from './parts.js';

export const EXPLANATION_SCHEMA = {
  summary: 'How the price of one message came about',
  params: { type: 'object', properties: { message_id: { type: 'integer' } } },
  response: {
    200: {
      description: 'As `o-copilot explain --json` prints it; the amounts of the steps add up to credits_used',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['explanation'],
            properties: {
              explanation: {
                type: 'object',
                required: ['message_id', 'timestamp', 'kind', 'steps', 'credits_used'],
                properties: {
                  message_id: { type: 'integer' },
                  timestamp: TIMESTAMP,
                  kind: { type: 'string', enum: KINDS },
                  report_id: { type: ['integer', 'string'] },
                  report_name: SHORT_TEXT,
                  rules: SHORT_TEXT,
                  text: SHORT_TEXT,
                  characters: { type: 'integer' },
                  steps: {
                    type: 'array',
                    items: {
                      type: 'object',
                      required: ['step', 'count', 'amount'],
                      properties: {
                        step: SHORT_TEXT,
                        count: { type: 'integer' },
                        rate: { ...CREDITS, description: 'Credits for one; a step that multiplies has none' },
                        factor: { type: 'number', description: 'What the credits so far are multiplied by' },
                        minimum: { ...CREDITS, description: 'The credits after the step are not below this' },
                        amount: CREDITS,
                      },
                    },
                  },
                  credits_used: CREDITS,
                },
              },
            },
          },
        },
      },
    },
    ...PROBLEMS,
  },
};

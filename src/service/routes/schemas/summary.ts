import { GROUPINGS } from '../../../usage/summary/groups.js';
import {
  CREDITS,
  FILTER_PROPERTIES,
  FORMAT,
  OTHER_CONTENTS,
  PROBLEMS,
  SHORT_TEXT,
  TIMESTAMP,
} from './parts.js';

const DAY = { type: 'string', description: 'YYYY-MM-DD' };
const DAYS = { first_day: DAY, last_day: DAY };

const GROUP = {
  type: 'object',
  required: ['messages', 'credits', 'share'],
  properties: {
    ...DAYS,
    messages: { type: 'integer' },
    credits: CREDITS,
    share: { type: 'number', description: 'Percent of all credits; those of all groups add up to 100' },
  },
};

export const SUMMARY_SCHEMA = {
  summary: 'Totals by day, week, month, report or kind',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...FILTER_PROPERTIES,
      by: { type: 'string', description: `One or two of ${GROUPINGS.join(', ')}, with a comma between` },
      format: FORMAT,
    },
  },
  response: {
    200: {
      description: 'As `o-copilot summary` prints it',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['summary'],
            properties: {
              summary: {
                type: 'object',
                required: ['source', 'period', 'timezone', 'rules', 'state', 'by', 'groups', 'total'],
                properties: {
                  source: SHORT_TEXT,
                  period: SHORT_TEXT,
                  timezone: SHORT_TEXT,
                  rules: SHORT_TEXT,
                  first_message: { type: ['string', 'null'] },
                  last_message: { type: ['string', 'null'] },
                  state: { type: 'string', enum: ['open', 'closed'] },
                  as_of: TIMESTAMP,
                  by: { type: 'array', items: { type: 'string', enum: GROUPINGS } },
                  groups: { type: 'array', items: GROUP },
                  subtotals: {
                    type: 'array',
                    description: 'With two groupings: the sums by the first of them',
                    items: GROUP,
                  },
                  empty_spans: {
                    type: 'array',
                    description: 'Days without messages that are too many to be groups',
                    items: { type: 'object', required: ['first_day', 'last_day'], properties: DAYS },
                  },
                  total: {
                    type: 'object',
                    required: ['messages', 'credits'],
                    properties: { messages: { type: 'integer' }, credits: CREDITS },
                  },
                },
              },
            },
          },
        },
        ...OTHER_CONTENTS,
      },
    },
    ...PROBLEMS,
  },
};

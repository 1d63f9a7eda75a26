import { GROUPINGS } from '../../usage/grouping.js';
import { KINDS } from '../../usage/item.js';
import { SORT_FIELDS } from '../../usage/selection.js';
import { BILL_FORMATS } from '../bill/formats.js';
import { PROBLEM_MEDIA_TYPE } from '../problem.js';

/*
 * What /openapi.json says of each route. Requests are read by the parsers of the command line, not by these, so
 * that both refuse the same values in the same words; the tests hold the replies against them.
 */

const TIMESTAMP = { type: 'string', format: 'date-time', description: 'RFC 3339' };
const CREDITS = { type: 'number', description: 'Exact: read it as a decimal, not as a binary float' };
const SHORT_TEXT = { type: 'string' };

const PROBLEM = {
  description: 'A problem document (RFC 9457)',
  content: {
    [PROBLEM_MEDIA_TYPE]: {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail', 'code', 'instance'],
        properties: {
          type: SHORT_TEXT,
          title: SHORT_TEXT,
          status: { type: 'integer' },
          detail: SHORT_TEXT,
          code: { type: 'string', description: 'Stable, for scripts' },
          instance: { type: 'string', description: 'The request id, as in the log' },
          parameter: { type: 'string', description: 'Of the query: which one is wrong' },
        },
      },
    },
  },
};

const PROBLEMS = { '4xx': PROBLEM, '5xx': PROBLEM };

const FILTER_PROPERTIES = {
  since: { type: 'string', description: 'From this date or RFC 3339 instant on' },
  until: { type: 'string', description: 'Before this instant; a date includes that day' },
  timezone: { type: 'string', description: 'IANA time zone in which days begin' },
  report: { type: 'string', description: 'Id or name of a report' },
  kind: { type: 'string', enum: KINDS },
};

const FORMAT = { type: 'string', enum: BILL_FORMATS, description: 'Instead of the Accept header' };

const CSV_CONTENT = { schema: { type: 'string', description: 'RFC 4180, with a header line' } };

const USAGE_ITEM = {
  type: 'object',
  required: ['message_id', 'timestamp', 'credits_used'],
  additionalProperties: false,
  properties: {
    message_id: { type: 'integer' },
    timestamp: TIMESTAMP,
    report_name: { type: 'string', description: 'Only where a report priced the message' },
    credits_used: CREDITS,
  },
};

export const USAGE_SCHEMA = {
  summary: 'Every message of the period with the credits it used',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...FILTER_PROPERTIES,
      sort: { type: 'string', enum: SORT_FIELDS },
      desc: { type: 'boolean', description: 'With sort: largest first' },
      limit: {
        type: 'integer',
        minimum: 0,
        description: 'Rows of a page; the Link header names the next one',
      },
      offset: { type: 'integer', minimum: 0 },
      cursor: { type: 'string', description: 'From the Link header: the page after another' },
      format: FORMAT,
    },
  },
  response: {
    200: {
      description: 'The rows, as `o-copilot usage` prints them',
      headers: { etag: SHORT_TEXT, link: { type: 'string', description: 'RFC 8288: rel="next"' } },
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['usage'],
            additionalProperties: false,
            properties: { usage: { type: 'array', items: USAGE_ITEM } },
          },
        },
        'application/x-ndjson': { schema: { type: 'string', description: 'An item a line' } },
        'text/csv': CSV_CONTENT,
      },
    },
    ...PROBLEMS,
  },
};

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
                      required: ['step', 'count', 'rate', 'amount'],
                      properties: {
                        step: SHORT_TEXT,
                        count: { type: 'integer' },
                        rate: CREDITS,
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
                  groups: {
                    type: 'array',
                    items: {
                      type: 'object',
                      required: ['messages', 'credits', 'share'],
                      properties: {
                        messages: { type: 'integer' },
                        credits: CREDITS,
                        share: { type: ['number', 'null'], description: 'Percent of all credits' },
                      },
                    },
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
        'application/x-ndjson': { schema: { type: 'string', description: 'A group a line' } },
        'text/csv': CSV_CONTENT,
      },
    },
    ...PROBLEMS,
  },
};

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

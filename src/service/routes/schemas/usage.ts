import { SORT_FIELDS } from '../../../usage/rows/row-query.js';
import {
  CREDITS,
  FILTER_PROPERTIES,
  FORMAT,
  OTHER_CONTENTS,
  PROBLEMS,
  SHORT_TEXT,
  TIMESTAMP,
} from './parts.js';

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
        ...OTHER_CONTENTS,
      },
    },
    ...PROBLEMS,
  },
};

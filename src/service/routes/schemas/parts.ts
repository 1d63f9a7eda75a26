import { DATA_FORMATS, declarationOf } from '../../../format/formats.js';
import { KINDS } from '../../../usage/pricing/priced-row.js';
import { PROBLEM_MEDIA_TYPE } from '../../problem.js';

/*
 * What /openapi.json says of each route. Requests are read by the parsers of the command line, not by these, so
 * that both refuse the same values in the same words; the tests hold the replies against them.
 */

export const TIMESTAMP = { type: 'string', format: 'date-time', description: 'RFC 3339' };
export const CREDITS = { type: 'number', description: 'Exact: read it as a decimal, not as a binary float' };
export const SHORT_TEXT = { type: 'string' };

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

export const PROBLEMS = { '4xx': PROBLEM, '5xx': PROBLEM };

export const FILTER_PROPERTIES = {
  since: { type: 'string', description: 'From this date or RFC 3339 instant on' },
  until: { type: 'string', description: 'Before this instant; a date includes that day' },
  timezone: { type: 'string', description: 'IANA time zone in which days begin' },
  report: { type: 'string', description: 'Id or name of a report' },
  kind: { type: 'string', enum: KINDS },
};

export const FORMAT = { type: 'string', enum: DATA_FORMATS, description: 'Instead of the Accept header' };

/** What an answer is in the formats beside JSON, by media type. */
export const OTHER_CONTENTS = Object.fromEntries(
  DATA_FORMATS.filter((format) => format !== 'json')
    .map(declarationOf)
    .map(({ mediaType, description }) => [mediaType, { schema: { type: 'string', description } }]),
);

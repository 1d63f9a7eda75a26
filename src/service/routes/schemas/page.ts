import { PAGE_QUERY } from '../../query/query-schemas.js';
import { OF_PERIOD, replies, SHORT_TEXT, storable } from './replies.js';

/** `GET /`. */
export const PAGE_SCHEMA = {
  operationId: 'showPage',
  tags: ['usage'],
  summary: 'The bill as a page for people',
  description: 'The page that `o-copilot report` writes, over live data.',
  querystring: PAGE_QUERY,
  response: replies(
    storable({
      description: 'A page that needs nothing else',
      headers: {
        'content-security-policy': SHORT_TEXT,
        'referrer-policy': SHORT_TEXT,
        'x-frame-options': SHORT_TEXT,
        'cross-origin-opener-policy': SHORT_TEXT,
      },
      content: { 'text/html': { schema: SHORT_TEXT } },
    }),
    OF_PERIOD,
  ),
};

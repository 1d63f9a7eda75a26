import { MESSAGES_PATH, REPORT_PATH } from '../period.js';
import { atMessages, atReport, type Fault, fails, PLACES, succeeds } from './fault.js';

const RETRIED = [408, 425, 429, 500, 502, 503, 504, 520];
const LASTING = [400, 402, 405, 409, 410, 413, 418, 422, 501, 505];
const EMPTY = [204, 205, 206];

/** How each status of an answer ends a run: C142 asks that this table and the counts agree. */
export const statuses: Fault[] = [
  ...PLACES.flatMap(({ where, at, path }) => [
    ...RETRIED.map((status) =>
      succeeds(`C142 ${status} once, then good, at ${where}`, {
        upstream: at({ status }, {}),
        hits: { [path]: 2 },
      }),
    ),
    ...[500, 503].map((status) =>
      fails(69, `C111 ${status} for ever at ${where}`, [`status ${status}`, 'after 2 attempts'], {
        upstream: at({ status }),
        hits: { [path]: 2 },
      }),
    ),
    ...LASTING.map((status) =>
      fails(69, `C142 ${status} at ${where} is not tried again`, `status ${status}`, {
        upstream: at({ status }),
        hits: { [path]: 1 },
      }),
    ),
    ...[401, 403].map((status) =>
      fails(
        77,
        `C018 ${status} at ${where} ends at once`,
        [`upstream answered ${status}`, 'set O_COPILOT_TOKEN'],
        {
          upstream: at({ status }),
          hits: { [path]: 1 },
        },
      ),
    ),
    ...EMPTY.map((status) =>
      fails(69, `C011 C012 ${status} without a body at ${where}`, `status ${status}`, {
        upstream: at({ status, body: '' }),
      }),
    ),
    fails(69, `304 at ${where}, which nobody asked for`, 'status 304', {
      upstream: at({ status: 304, body: '' }),
    }),
  ]),
  fails(69, 'C084 404 at messages', 'status 404', {
    upstream: atMessages({ status: 404 }),
    hits: { [MESSAGES_PATH]: 1 },
  }),
  succeeds('404 at a report with an XML body and a BOM prices the text', {
    upstream: atReport({
      status: 404,
      headers: { 'content-type': 'application/xml' },
      body: '\uFEFF<?xml version="1.0"?><Error/>',
    }),
    stdout: textPriced(),
    hits: { [REPORT_PATH]: 1 },
  }),
  succeeds('404 at a report with a reset in its body prices the text', {
    upstream: atReport({ status: 404, body: 'x'.repeat(1000), resetAfterBytes: 10 }),
    stdout: textPriced(),
  }),
  ...(['json', 'csv', 'table'] as const).flatMap((format) =>
    [401, 403, 404, 500].map((status) => inFormat(format, status)),
  ),
];

function inFormat(format: Fault['format'], status: number): Fault {
  const refused = status === 401 || status === 403;
  return fails(
    refused ? 77 : 69,
    `C084 ${status} at messages with --format ${format}`,
    [`/messages/current-period: `, String(status)],
    { upstream: atMessages({ status }), format },
  );
}

/** The bill when report 5392 does not exist: the text of message 1000 costs 3.1, counted by hand. */
function textPriced(): string {
  return [
    '{"usage":[',
    '{"message_id":1000,"timestamp":"2024-04-29T02:08:29.375Z","credits_used":3.1},',
    '{"message_id":1001,"timestamp":"2024-04-29T05:25:03+02:00","credits_used":5.2},',
    '{"message_id":1002,"timestamp":"2024-04-30T23:59:59.999999Z","credits_used":8.8},',
    '{"message_id":1003,"timestamp":"2024-05-01T00:00:00Z","credits_used":2}',
    ']}\n',
  ].join('\n');
}

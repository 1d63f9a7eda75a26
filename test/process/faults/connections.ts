import type { Reply } from '../../upstream.js';
import { atMessages, atReport, type Fault, fails, PLACES, succeeds } from './fault.js';

/** Faults of a connection: once, the retry makes the whole bill; for ever, the run ends with this reason. */
const BROKEN: readonly { name: string; reply: Reply; reason: string }[] = [
  { name: 'C049 reset before an answer', reply: { resetAfterBytes: 0 }, reason: 'closed before an answer' },
  { name: 'C049 reset in the body', reply: { resetAfterBytes: 40 }, reason: 'the body was cut off' },
  { name: 'C160 cut with Content-Length', reply: { cutAfterBytes: 40 }, reason: 'the body was cut off' },
  { name: 'C160 cut in chunks', reply: { cutAfterBytes: 40, chunked: true }, reason: 'the body was cut off' },
  {
    name: 'C160 chunks cut right after a complete JSON value',
    reply: { cutAfterBytes: 100_000, chunked: true },
    reason: 'the body was cut off',
  },
  {
    name: 'C095 a Content-Length longer than the body',
    reply: { headers: { 'content-length': '9000' }, cutAfterBytes: 100_000 },
    reason: 'the body was cut off',
  },
  { name: 'closed without an answer', reply: { raw: '' }, reason: 'closed before an answer' },
];

/** The same for silence, which short limits make a fault. */
const SILENT: readonly { name: string; reply: Reply; reason: string }[] = [
  { name: 'C009 C010 never answers', reply: { never: true }, reason: 'no byte for' },
  { name: 'C013 headers, then silence', reply: { stallAfterBytes: 0 }, reason: 'no byte for' },
  { name: 'C013 silence in the body', reply: { stallAfterBytes: 40 }, reason: 'no byte for' },
];

/** Answers that are no HTTP, or not the HTTP that was asked for. */
const NO_HTTP: readonly { name: string; raw: string; reason: string }[] = [
  { name: 'an SSH greeting', raw: 'SSH-2.0-OpenSSH_9.2\r\n', reason: 'did not answer in HTTP' },
  { name: 'a status line alone', raw: 'HTTP/1.1 200 OK\r\n', reason: 'closed before an answer' },
  {
    name: 'a chunk size that is no number',
    raw: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
    reason: 'the body was cut off',
  },
  {
    name: 'an upgrade nobody asked for',
    raw: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    reason: '',
  },
  {
    name: 'headers of 100 kB',
    raw: `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\ncontent-length: 2\r\n\r\n{}`,
    reason: 'HPE_HEADER_OVERFLOW',
  },
];

export const connections: Fault[] = [
  fails(69, 'C069 refused', 'connection refused by 127.0.0.1:9', { source: () => 'http://127.0.0.1:9' }),
  fails(69, 'C069 no such host', 'nx.invalid', { source: () => 'http://nx.invalid' }),
  fails(69, 'C069 https to a port that speaks http', 'does not speak TLS', {
    source: (url) => url.replace('http:', 'https:'),
  }),
  succeeds('C015 localhost reaches a server on 127.0.0.1', {
    source: (url) => url.replace('127.0.0.1', 'localhost'),
  }),
  ...PLACES.flatMap(({ where, at, path }) => [
    ...BROKEN.flatMap(({ name, reply, reason }) => [
      succeeds(`${name} once, then good, at ${where}`, { upstream: at(reply, {}), hits: { [path]: 2 } }),
      fails(69, `${name} for ever at ${where}`, [reason, 'after 2 attempts'], {
        upstream: at(reply),
      }),
    ]),
    ...SILENT.flatMap(({ name, reply, reason }) => [
      succeeds(`${name} once, then good, at ${where}`, {
        upstream: at(reply, {}),
        args: ['--read-timeout', '1s'],
        hits: { [path]: 2 },
      }),
      fails(69, `${name} for ever at ${where}`, [reason, 'after 2 attempts'], {
        upstream: at(reply),
        args: ['--read-timeout', '300ms'],
      }),
      fails(69, `${name} at ${where}, until the deadline`, 'deadline of 700 ms passed', {
        upstream: at(reply),
        args: ['--deadline', '700ms', '--read-timeout', '1m', '--retries', '5'],
        within: 5000,
      }),
    ]),
    ...NO_HTTP.map(({ name, raw, reason }) =>
      fails(69, `${name} at ${where}`, ['GET http://127.0.0.1', reason], { upstream: at({ raw }) }),
    ),
    fails(69, `C014 a byte now and then at ${where}, until the deadline`, 'deadline of 900 ms passed', {
      upstream: at({ trickle: { bytes: 1, everyMs: 50 } }),
      args: ['--deadline', '900ms'],
      within: 5000,
    }),
    succeeds(`C137 the body one byte a packet at ${where}`, {
      upstream: at({ trickle: { bytes: 1, everyMs: 1 } }),
    }),
  ]),
  ...(['csv', 'table'] as const).flatMap((format) => [
    fails(69, `C085 refused with --format ${format}`, 'connection refused', {
      source: () => 'http://127.0.0.1:9',
      format,
    }),
    fails(69, `C085 never answers with --format ${format}`, 'no byte for', {
      upstream: atMessages({ never: true }),
      args: ['--read-timeout', '200ms'],
      format,
    }),
    fails(65, `C085 a body that is no JSON with --format ${format}`, 'the messages document', {
      upstream: atMessages({ body: 'oops' }),
      format,
    }),
  ]),
  fails(69, 'C013 --retries 0 asks once', 'status 503', {
    upstream: atReport({ status: 503 }),
    args: ['--retries', '0'],
    hits: { '/reports/5392': 1 },
  }),
];

import { gzipSync } from 'node:zlib';
import { MESSAGES, USUAL } from '../period.js';
import { atMessages, atReport, type Fault, fails, PLACES, succeeds } from './fault.js';

const BOM = '\uFEFF';
const DOCUMENT = JSON.stringify(USUAL.messages);
const [FIRST] = MESSAGES;
const REPORT = '{"id":5392,"name":"Tenant Obligations Report","credit_cost":79}';

/** 64 MiB of spaces in 65 kB. */
const BOMB = () => gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));

const encodings = PLACES.flatMap(({ where, at }) => [
  ...(['gzip', 'deflate', 'br'] as const).flatMap((encoding) => [
    succeeds(`${encoding} at ${where}`, { upstream: at({ encoding }) }),
    fails(69, `${encoding} cut at ${where}`, 'cut', { upstream: at({ encoding, cutAfterBytes: 30 }) }),
  ]),
  succeeds(`corrupt gzip once, then good, at ${where}`, {
    upstream: at({ body: 'this is no gzip', headers: { 'content-encoding': 'gzip' } }, {}),
  }),
  fails(69, `corrupt gzip for ever at ${where}`, 'the compressed body is cut or corrupt', {
    upstream: at({ body: 'this is no gzip', headers: { 'content-encoding': 'gzip' } }),
  }),
  fails(69, `an encoding nobody asked for at ${where}`, 'cannot decode content-encoding "zstd"', {
    upstream: at({ body: '{}', headers: { 'content-encoding': 'zstd' } }),
  }),
  fails(65, `C094 C095 a gzip bomb at ${where}`, 'longer than', {
    upstream: at({ body: BOMB(), headers: { 'content-encoding': 'gzip' } }),
    args: ['--max-body', '4m'],
  }),
  fails(65, `C094 a bomb in two layers of gzip at ${where}`, 'longer than', {
    upstream: at({ body: gzipSync(BOMB()), headers: { 'content-encoding': 'gzip, gzip' } }),
    args: ['--max-body', '4m'],
  }),
]);

const TYPES = ['text/plain', 'application/octet-stream', 'application/problem+json', ''];

const media = PLACES.flatMap(({ where, at }) => [
  ...TYPES.map((type) =>
    succeeds(`C059 JSON as "${type}" at ${where}`, { upstream: at({ headers: { 'content-type': type } }) }),
  ),
  ...['text/html', 'text/html; charset=utf-8', 'application/xhtml+xml'].map((type) =>
    fails(65, `C059 an HTML page as "${type}" under 200 at ${where}`, 'expected JSON, got', {
      upstream: at({ headers: { 'content-type': type }, body: '<!doctype html><p>Sign in</p>' }),
    }),
  ),
  fails(65, `C059 an HTML page that calls itself JSON at ${where}`, at === atMessages ? 'got "<' : 'JSON', {
    upstream: at({ body: '<!doctype html><p>Sign in</p>' }),
  }),
  fails(
    65,
    `C011 C012 C163 an empty body under 200 at ${where}`,
    at === atMessages ? 'is empty' : 'report 5392',
    {
      upstream: at({ body: '' }),
    },
  ),
]);

const text: Fault[] = [
  succeeds('C058 a BOM before the messages', { upstream: atMessages({ body: BOM + DOCUMENT }) }),
  succeeds('C058 a BOM before a report', { upstream: atReport({ body: BOM + REPORT }) }),
  succeeds('C089 white space around the messages', {
    upstream: atMessages({ body: `\r\n ${DOCUMENT}\r\n\r\n` }),
  }),
  succeeds('C089 white space around a report', { upstream: atReport({ body: `\n${REPORT}\n\n` }) }),
  fails(65, 'C058 UTF-16 at messages', 'the messages document', {
    upstream: atMessages({ body: Buffer.from(BOM + DOCUMENT, 'utf16le') }),
  }),
  fails(65, 'C058 UTF-16 at a report', 'report 5392', {
    upstream: atReport({ body: Buffer.from(BOM + REPORT, 'utf16le') }),
  }),
  fails(65, 'invalid UTF-8 at messages', 'the messages document: invalid UTF-8 at byte 31', {
    upstream: atMessages({ body: Buffer.from('{"messages":[{"id":1,"text":"ab\xff"}]}', 'latin1') }),
  }),
  fails(65, 'invalid UTF-8 at a report', 'report 5392: invalid UTF-8 at byte 20', {
    upstream: atReport({ body: Buffer.from('{"id":5392,"name":"a\xc3(","credit_cost":1}', 'latin1') }),
  }),
  fails(65, 'UTF-8 that ends inside a character', 'invalid UTF-8', {
    upstream: atMessages({ body: Buffer.from(`${DOCUMENT}\xe2\x82`, 'latin1') }),
  }),
  fails(65, 'bytes after the messages document', 'follows the end of the JSON', {
    upstream: atMessages({ body: `${DOCUMENT} {}` }),
  }),
  fails(65, 'bytes after a report', 'report 5392', { upstream: atReport({ body: `${REPORT}]` }) }),
  fails(65, 'messages end early though Content-Length is right', 'ends early, after 1 messages', {
    upstream: atMessages({ body: `{"messages":[${JSON.stringify(FIRST)},` }),
  }),
  fails(65, 'a report ends early', 'report 5392', { upstream: atReport({ body: REPORT.slice(0, -1) }) }),
  fails(65, 'nesting without end at messages', 'nests deeper than 500 levels', {
    upstream: atMessages({ body: `{"a":${'['.repeat(100_000)}` }),
  }),
  fails(65, 'nesting without end inside a message', 'messages[0]: nests deeper', {
    upstream: atMessages({ body: `{"messages":[{"id":1,"a":${'{"a":'.repeat(100_000)}` }),
  }),
  fails(65, 'nesting without end at a report', 'report 5392', {
    upstream: atReport({ body: `{"id":5392,"a":${'['.repeat(100_000)}` }),
  }),
];

const SHAPES: readonly [body: string, says: string][] = [
  ['""', 'expected {'],
  ['[]', 'expected {'],
  ['null', 'expected {'],
  ['{}', 'messages: is missing'],
  ['{"messages":""}', 'messages: is not an array'],
  ['{"messages":{}}', 'messages: is not an array'],
  ['{"messages":null}', 'messages: is not an array'],
  ['{"Messages":[]}', 'messages: is missing'],
  ['{"data":{"messages":[]}}', 'messages: is missing'],
  ['{"messages":[],"messages":[]}', 'messages: occurs twice'],
  ['{"messages":[null]}', 'messages[0]: is not an object'],
  ['{"messages":[[]]}', 'messages[0]: is not an object'],
  ['{"messages":[1,]}', 'messages[0]'],
  ['{"messages":[],}', 'expected a key'],
  ['{"messages":[]}{"messages":[]}', 'follows the end'],
  ["{'messages':[]}", 'expected a key'],
  ['{"messages":[],"next":"/messages?page=2"}', 'one page of several'],
  ['{"messages":[],"has_more":true}', 'one page of several'],
  ['{"messages":[],"total":50}', 'says total is 50, but it holds 0 messages'],
];

const shapes: Fault[] = [
  ...SHAPES.map(([body, says]) =>
    fails(65, `C098 C115 C163 messages ${body}`, says, { upstream: atMessages({ body }) }),
  ),
  ...['</m?page=2>; rel="next"', '<a>; rel=prev, <b>; title=t; rel=Next', '<a>; rel="up next"'].map((link) =>
    fails(65, `C098 a page by its header Link: ${link}`, 'its Link header names a further page', {
      upstream: atMessages({ headers: { link } }),
    }),
  ),
  ...['<next>; rel="prev"', '<a>; rel=nextfoo', '<a>; rel="prefetch-next"; title="next"'].map((link) =>
    succeeds(`C098 Link: ${link}`, { upstream: atMessages({ headers: { link } }) }),
  ),
  succeeds('C098 what says that nothing follows', {
    upstream: atMessages({
      body: `{"links":{"self":"a","next":null},"page":{"number":1,"next":""},"hasMore":false,"nextPage":0,${DOCUMENT.slice(1)}`,
    }),
  }),
  succeeds('C098 other keys around the messages, a total that fits', {
    upstream: atMessages({ body: `{"a":[{"messages":1}],"total":4,"next":null,${DOCUMENT.slice(1)}` }),
  }),
  succeeds('C087 C163 only a real empty list is an empty bill', {
    upstream: atMessages({ body: ' {"messages" : [ ] } ' }),
    stdout: '{"usage":[]}\n',
  }),
];

export const bodies: Fault[] = [...encodings, ...media, ...text, ...shapes];

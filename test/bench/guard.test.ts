import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { priceNaively } from '../../bench/engine/naive.js';
import { readMessageValue } from '../../src/document/messages.js';
import { createPlainMessageReader } from '../../src/document/plain-message.js';
import { textPricer } from '../../src/engine/index.js';
import { readArrayDocument } from '../../src/json/documents.js';
import { inFolder, runBin } from '../process/run.js';

/*
 * Guards against a slow road taken by mistake: work is counted, or compared in one run. Never an absolute time.
 */

const text = 'Are there any restrictions on alterations or improvements to the premises?';

test.each([
  ['compact', undefined],
  ['indented', 2],
])('messages of the usual shape never reach the full parser: %s', async (_, space) => {
  const messages = Array.from({ length: 5000 }, (_, id) => ({
    text: id % 7 === 0 ? `${text} "quoted" – ${id}` : text,
    timestamp: new Date(1714356509375 + id * 60_000).toISOString(),
    ...(id % 10 === 0 && { report_id: id }),
    ...(id % 11 === 0 && { report_id: null }),
    id,
    user: 'somebody',
  }));
  async function* inChunks(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(JSON.stringify({ messages }, null, space));
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  }
  let slow = 0;
  let read = 0;
  const document = {
    name: 'document',
    key: 'messages',
    noun: 'message',
    plain: createPlainMessageReader(),
    readValue: (json: string, index: number) => {
      slow++;
      return readMessageValue(json, index);
    },
  };
  for await (const batch of readArrayDocument(inChunks(), document)) read += batch.length;
  expect({ read, slow }).toEqual({ read: 5000, slow: 0 });
});

test('the engine prices English many times faster than decimal.js and regular expressions', () => {
  const price = textPricer('published');
  const texts = Array.from({ length: 500 }, (_, index) => `${text} ${index}`);
  const timeOf = (work: (text: string) => unknown) => {
    const times = Array.from({ length: 7 }, () => {
      const began = performance.now();
      for (const each of texts) work(each);
      return performance.now() - began;
    });
    return Math.min(...times);
  };
  for (let round = 0; round < 20; round++) for (const each of texts) price(each);
  // The bench asks for 30; a loaded machine in the middle of a test suite must not fail it.
  expect(timeOf((each) => priceNaively(each)) / timeOf(price)).toBeGreaterThan(10);
});

test.each([
  ['usage', ['--source', 'messages.json', '--json', '--output', 'bill'], 'o-copilot usage'],
  ['usage', ['--source', 'messages.json', '--csv', '--output', 'bill'], 'o-copilot usage'],
  ['usage', ['--source', 'sample', '--json'], 'o-copilot sample usage'],
  // What measures text for help and tables takes 25 ms to load.
  ['summary', ['--source', 'messages.json', '--json'], 'commands o-copilot usage'],
])('a start loads what its command and its source need: %s %j', async (command, args, files) => {
  const loaded = await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'messages.json'), '{"messages":[]}');
    const env = { NODE_V8_COVERAGE: join(cwd, 'coverage') };
    expect(await runBin([command, ...args], { cwd, env })).toMatchObject({ status: 0 });
    return readdirSync(env.NODE_V8_COVERAGE).flatMap((name) => {
      const text = readFileSync(join(env.NODE_V8_COVERAGE, name), 'utf8');
      return [...text.matchAll(/"url":"file:[^"]*\/dist\/([^"]*\.js)"/g)].map(([, file]) => file);
    });
  });
  const names = loaded.map((file = '') => file.replace(/(-[A-Z0-9]{8})?(-[\w-]{8})?\.js$/, ''));
  expect(names.sort().join(' ')).toBe(files);
});

test.each([[['--version']], [['usage', '--source', 'sample', '--json']]])(
  'a start loads none of what takes milliseconds and is not needed: %s',
  async (args) => {
    // What Node lists of its own modules as loaded, when the process ends.
    const tell = `process.on('exit', () => console.error(process.moduleLoadList.join('\\n')))`;
    const node = ['--import', `data:text/javascript,${encodeURIComponent(tell)}`];
    const { stderr, status } = await runBin(args, { node });
    expect(status).toBe(0);
    const loaded = stderr.split('\n');
    expect(loaded).toContain('NativeModule fs');
    for (const name of ['child_process', 'crypto', 'http', 'v8', 'worker_threads', 'zlib']) {
      expect(loaded).not.toContain(`NativeModule ${name}`);
    }
  },
);

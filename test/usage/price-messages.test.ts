import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMessages } from '../../src/document/messages.js';
import type { Message, ReportId } from '../../src/document/records.js';
import { formatAmount, hundredths, textPricer } from '../../src/engine/index.js';
import { DataError } from '../../src/errors.js';
import { MOST_REPORTS_AT_ONCE } from '../../src/source/source.js';
import type { MessagePricer } from '../../src/usage/pricing/message-pricer.js';
import { priceMessages } from '../../src/usage/pricing/price-messages.js';
import { kindOf } from '../../src/usage/pricing/priced-row.js';
import { createReportCache } from '../../src/usage/pricing/reports.js';

/** Reports 1 to 5 exist, and so do those whose names begin with `r`. */
function reportBytes(id: ReportId): Buffer | undefined {
  const exists = typeof id === 'string' ? id.startsWith('r') : id <= 5;
  return exists ? Buffer.from(JSON.stringify({ id, name: `Report ${id}`, credit_cost: 12.5 })) : undefined;
}

const price = textPricer('published');
const byText: MessagePricer = ({ text }) => price(text);

interface Reading {
  readonly textsUnread: boolean;
  readonly priceByText?: MessagePricer;
  /** Reports answer at once; otherwise when the document has ended. */
  readonly atOnce?: boolean;
}

/** The rows of a document, as texts, with the error that ended them, if one did. */
async function rowsOf(
  document: string,
  { textsUnread, priceByText = byText, atOnce = false }: Reading,
): Promise<string[]> {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(document);
    for (let at = 0; at < bytes.length; at += 300) yield bytes.subarray(at, at + 300);
    end();
  }
  const reports = createReportCache({
    async report(id) {
      if (!atOnce) await ended;
      return reportBytes(id);
    },
  });
  const rows: string[] = [];
  try {
    const batches: AsyncIterable<readonly Message[]> = readMessages(chunks());
    for await (const items of priceMessages(batches, { reports, priceByText, textsUnread })) {
      for (const item of items) {
        const { id, timestamp, reportId } = item.message;
        rows.push(
          [id, timestamp, reportId, item.report?.name, formatAmount(item.credits), kindOf(item)].join(' '),
        );
      }
    }
  } catch (error) {
    rows.push(String(error));
  }
  return rows;
}

const message = fc.record(
  {
    id: fc.oneof(fc.nat(), fc.maxSafeInteger()),
    timestamp: fc.oneof(
      { weight: 9, arbitrary: fc.date({ min: new Date(0), max: new Date(2e12), noInvalidDate: true }) },
      fc.constantFrom('2024-04-29T02:08:29Z', '2024-04-29t02:08:29.123456+01:00'),
    ),
    text: fc.oneof(fc.lorem(), fc.string({ unit: 'binary' }), fc.constant('')),
    report_id: fc.oneof(fc.nat(8), fc.constantFrom('r1', 'gone', null)),
  },
  { requiredKeys: ['id', 'timestamp', 'text'] },
);

test('rows that wait for reports are the same however they are held, and so is an error that ends them', async () => {
  const unpriced = fc.option(fc.nat(60), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 40 }), unpriced, async (messages, index) => {
      const document = JSON.stringify({ messages });
      const bad = index === undefined ? undefined : messages[index];
      const priceByText: MessagePricer = ({ id, text }) => {
        if (id === bad?.id) throw new DataError(`message ${id}`, 'has no price');
        return price(text);
      };
      const expected = await rowsOf(document, { textsUnread: false, priceByText, atOnce: true });
      if (bad === undefined) expect(expected).toHaveLength(messages.length);
      expect(await rowsOf(document, { textsUnread: false, priceByText })).toEqual(expected);
      expect(await rowsOf(document, { textsUnread: true, priceByText })).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

test('so are ids and amounts that do not fit into the columns', async () => {
  const at = (second: number) => `2024-04-29T02:08:${second}.375Z`;
  const document = `{"messages":[
    {"id":1,"timestamp":"${at(10)}","text":"a","report_id":1},
    {"id":90071992547409931,"timestamp":"${at(11)}","text":"b"},
    {"id":3,"timestamp":"${at(12)}","text":"${'long '.repeat(200)}"},
    {"id":4,"timestamp":"${at(13)}","text":"d"}]}`;
  const prices: MessagePricer[] = [byText, () => hundredths(2 ** 31), () => hundredths(2 ** 31 - 1)];
  for (const priceByText of prices) {
    const expected = await rowsOf(document, { textsUnread: false, priceByText, atOnce: true });
    expect(await rowsOf(document, { textsUnread: true, priceByText })).toEqual(expected);
  }
});

test('a row without a price is an error in its turn, after the rows of the batches before it', async () => {
  const messages = Array.from({ length: 40 }, (_, id) => ({
    id,
    timestamp: '2024-04-29T02:08:29.375Z',
    text: id === 30 ? 'no price' : 'a text of some length',
    ...(id % 7 === 0 && { report_id: 1 }),
  }));
  const priceByText: MessagePricer = ({ id, text }) => {
    if (text === 'no price') throw new DataError(`message ${id}`, 'has no price');
    return price(text);
  };
  const document = JSON.stringify({ messages });
  const expected = await rowsOf(document, { textsUnread: false, priceByText, atOnce: true });
  expect(expected.length).toBeGreaterThan(20);
  expect(expected.at(-1)).toContain('message 30');
  expect(await rowsOf(document, { textsUnread: true, priceByText })).toEqual(expected);
});

test('a text without a price is no matter where a report prices the row', async () => {
  const priceByText: MessagePricer = ({ id, text }) => {
    if (text === 'no price') throw new DataError(`message ${id}`, 'has no price');
    return price(text);
  };
  const document = `{"messages":[
    {"id":1,"timestamp":"2024-04-29T02:08:29.375Z","text":"no price","report_id":1},
    {"id":2,"timestamp":"2024-04-29T02:08:29.375Z","text":"a price"},
    {"id":3,"timestamp":"2024-04-29T02:08:29.375Z","text":"no price","report_id":"gone"}]}`;
  for (const textsUnread of [false, true]) {
    const rows = await rowsOf(document, { textsUnread, priceByText });
    expect(rows).toEqual(await rowsOf(document, { textsUnread, priceByText, atOnce: true }));
    expect(rows.at(-1)).toContain('message 3');
  }
});

test('a text that was not held is never an empty one', async () => {
  const document = `{"messages":[
    {"id":1,"timestamp":"2024-04-29T02:08:29.375Z","text":"also of a report","report_id":1},
    {"id":2,"timestamp":"2024-04-29T02:08:29.375Z","text":"of no report"}]}`;
  const reports = createReportCache({ report: async (id) => reportBytes(id) });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(document);
  }
  const texts: (() => string)[] = [];
  const request = { reports, priceByText: byText, textsUnread: true };
  for await (const items of priceMessages(readMessages(chunks()), request)) {
    for (const { message } of items) texts.push(() => message.text);
  }
  expect(texts).toHaveLength(2);
  for (const text of texts) expect(text).toThrow('text of a row');
});

test('where no text is read, rows that wait for a report hold neither their messages nor the chunks of these', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const line = (id: number) =>
    `{"id":${id},"timestamp":"2024-04-29T02:08:29.375Z","text":"abc","report_id":1}`;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"messages":[');
    for (let id = 0; id < 30; id++)
      yield Buffer.from(`${id === 0 ? '' : ','}${line(2 * id)},${line(2 * id + 1)}`);
    yield Buffer.from(']}');
  }
  /** Batches whose messages are still in memory when all of them wait. */
  async function batchesHeld(textsUnread: boolean): Promise<number> {
    let answer: (bytes: Uint8Array | undefined) => void = () => {};
    const answered = new Promise<Uint8Array | undefined>((resolve) => {
      answer = resolve;
    });
    const reports = createReportCache({ report: () => answered });
    const batches: WeakRef<Message>[] = [];
    let held = 0;
    async function* watched(): AsyncGenerator<Message[]> {
      for await (const messages of readMessages(chunks())) {
        for (const first of messages.slice(0, 1)) batches.push(new WeakRef(first));
        yield messages;
      }
      await setImmediate();
      collectGarbage();
      held = batches.filter((batch) => batch.deref() !== undefined).length;
      answer(reportBytes(1));
    }
    let rows = 0;
    for await (const items of priceMessages(watched(), { reports, priceByText: byText, textsUnread })) {
      rows += items.length;
    }
    expect(rows).toBe(60);
    return held;
  }
  expect(await batchesHeld(false)).toBeGreaterThanOrEqual(30);
  // The last batch is in the hands of whoever passes it on.
  expect(await batchesHeld(true)).toBeLessThan(3);
});

test('reports are requested ahead, but not without end where each message names its own', async () => {
  const count = 200_000;
  async function* batches(): AsyncGenerator<Message[]> {
    for (let first = 0; first < count; first += 500) {
      yield Array.from({ length: 500 }, (_, index) => ({
        id: first + index,
        timestamp: '2024-04-29T02:08:29.375Z',
        text: '',
        reportId: first + index + 1,
      }));
    }
  }
  const waiting: (() => void)[] = [];
  let mostAtOnce = 0;
  let mostAhead = 0;
  const reports = createReportCache({
    report: (id) =>
      new Promise((resolve) => {
        waiting.push(() => resolve(Buffer.from(`{"id":${id},"name":"n","credit_cost":1}`)));
        mostAtOnce = Math.max(mostAtOnce, waiting.length);
        mostAhead = Math.max(mostAhead, reports.progress().waiting);
      }),
  });
  // Slower than the messages come: they answer each time that all else had its turn.
  const answering = setInterval(() => {
    for (const answer of waiting.splice(0)) answer();
  });
  let rows = 0;
  for await (const items of priceMessages(batches(), { reports, priceByText: byText })) rows += items.length;
  clearInterval(answering);
  expect(rows).toBe(count);
  expect(mostAtOnce).toBe(MOST_REPORTS_AT_ONCE);
  expect(mostAhead).toBeGreaterThan(50_000);
  expect(mostAhead).toBeLessThan(150_000);
});

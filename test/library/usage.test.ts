import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  CommandLineError,
  DataError,
  type PricedMessage,
  price,
  type UsageOptions,
  usage,
} from '../../src/index.js';
import { inFolder } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { startUpstream, type UpstreamOptions } from '../upstream.js';

async function collect(options: UsageOptions): Promise<PricedMessage[]> {
  const messages: PricedMessage[] = [];
  for await (const message of usage(options)) messages.push(message);
  return messages;
}

async function withUpstream<Result>(options: UpstreamOptions, use: (source: string) => Promise<Result>) {
  const upstream = await startUpstream(options);
  try {
    return await use(upstream.url);
  } finally {
    await upstream.close();
  }
}

const many = (count: number) =>
  Array.from({ length: count }, (_, id) => ({
    id,
    timestamp: '2024-04-29T02:08:29Z',
    text: `message ${id}`,
  }));

test('gives the rows of the command line', async () => {
  const messages = await collect({
    source: 'sample',
    since: '2024-04-10',
    sort: 'credits_used',
    desc: true,
    limit: 9,
  });
  const run = await runMain([
    '--ndjson',
    '--source',
    'sample',
    '--since',
    '2024-04-10',
    '--sort',
    'credits_used',
    '--desc',
    '--limit',
    '9',
  ]);
  const rows = messages.map(
    ({ messageId, timestamp, reportName, credits }) =>
      `{"message_id":${messageId},"timestamp":"${timestamp}",${reportName === undefined ? '' : `"report_name":${JSON.stringify(reportName)},`}"credits_used":${credits.toFixed()}}\n`,
  );
  expect(rows.join('')).toBe(run.stdout);
});

test('a wrong option is named, and the environment is not read', async () => {
  process.env.O_COPILOT_NO_SUCH = '1';
  try {
    await expect(collect({ source: 'sample', limit: -1 })).rejects.toThrow(CommandLineError);
    await expect(collect({ source: 'sample', since: 'soon' })).rejects.toThrow(/^since: expected a date/);
    expect(await collect({ source: 'sample' })).toHaveLength(35);
  } finally {
    delete process.env.O_COPILOT_NO_SUCH;
  }
});

test('a token goes to the source', async () => {
  const upstream = await startUpstream({});
  try {
    expect(await collect({ source: upstream.url, token: 'sesame' })).toEqual([]);
    expect(upstream.requests[0]?.headers.authorization).toBe('Bearer sesame');
  } finally {
    await upstream.close();
  }
});

test('an iteration that ends early ends the request', async () => {
  const upstream = await startUpstream({ messages: { messages: many(50_000) } });
  try {
    for await (const message of usage({ source: upstream.url })) {
      if (message.messageId === 3) break;
    }
    await expect.poll(() => upstream.connections).toBe(0);
  } finally {
    await upstream.close();
  }
});

test('a signal ends the reading with its reason', async () => {
  await withUpstream({ messages: { messages: many(50_000) } }, async (source) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const reading = (async () => {
      for await (const _ of usage({ source, signal: stop.signal })) stop.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
  });
});

test('no message is given twice: a body cut half-way throws, unless nothing was given yet', async () => {
  const path = '/messages/current-period';
  await withUpstream(
    { messages: { messages: many(20_000) }, script: { [path]: [{ cutAfterBytes: 600_000 }, {}] } },
    async (source) => {
      const seen = new Set<unknown>();
      const reading = (async () => {
        for await (const { messageId } of usage({ source })) {
          expect(seen.has(messageId)).toBe(false);
          seen.add(messageId);
        }
      })();
      await expect(reading).rejects.toThrow('had to be read again after messages were given out');
      expect(seen.size).toBeGreaterThan(0);
    },
  );
  await withUpstream(
    { messages: { messages: many(3) }, script: { [path]: [{ cutAfterBytes: 10 }, {}] } },
    async (source) => {
      expect(await collect({ source })).toHaveLength(3);
    },
  );
});

test('price asks for each report once, and keeps the order', async () => {
  const asked: unknown[] = [];
  const messages = Array.from({ length: 1000 }, (_, id) => ({
    id,
    timestamp: '2024-04-29T02:08:29Z',
    text: 'abc',
    reportId: id % 3 === 0 ? null : id % 3,
  }));
  const ids: unknown[] = [];
  const prices = new Set<string>();
  const report = async (id: number | bigint | string) => {
    asked.push(id);
    return id === 1 ? { name: 'R', creditCost: '0.00000000000000000001' } : undefined;
  };
  for await (const { messageId, kind, credits } of price(messages, { report })) {
    ids.push(messageId);
    prices.add(`${kind} ${credits.toFixed()}`);
  }
  expect(asked.toSorted()).toEqual([1, 2]);
  expect(ids).toEqual(messages.map(({ id }) => id));
  expect([...prices].toSorted()).toEqual(['missing-report 1', 'report 0.00000000000000000001', 'text 1']);
});

test('price names a message or a report that is wrong, and takes a file of rates', async () => {
  const first = async (...args: Parameters<typeof price>) => {
    for await (const message of price(...args)) return message.credits.toFixed();
    return undefined;
  };
  const message = { id: 1, timestamp: '2024-04-29T02:08:29Z', text: 'abc', reportId: 7 };
  await expect(first([{ ...message, id: 1.5 }])).rejects.toThrow('message 1.5: id: expected a safe integer');
  await expect(first([message], { report: () => ({ name: 'R', creditCost: -1 }) })).rejects.toThrow(
    DataError,
  );
  await expect(first([message], { report: () => ({ name: 'R', creditCost: Number.NaN }) })).rejects.toThrow(
    'report 7',
  );
  await inFolder(async (folder) => {
    const rates = join(folder, 'rates.json');
    writeFileSync(rates, (await runMain(['rates', '--json'])).stdout.replace('"base": 1', '"base": 50'));
    expect(await first([message], { rates })).toBe('48.25');
  });
});

test('with a price each message has its exact cost', async () => {
  const money = { creditPrice: '0.0213', currency: 'GBP' };
  const [message] = await collect({ source: 'sample', limit: 1, ...money });
  expect([message?.cost?.toFixed(), message?.currency]).toEqual(['0.10863', 'GBP']);
  const [unpriced] = await collect({ source: 'sample', limit: 1 });
  expect([unpriced?.cost, unpriced?.currency]).toEqual([undefined, undefined]);
  const own = [{ id: 1, timestamp: '2024-04-29T00:00:00Z', text: '' }];
  for await (const { cost } of price(own, { creditPrice: 0.02, currency: 'EUR' })) {
    expect(cost?.toFixed()).toBe('0.02');
  }
});

test.each([
  [{ creditPrice: 0.02 }, 'creditPrice: needs currency too, such as GBP'],
  [{ currency: 'GBP' }, 'currency: needs creditPrice too, such as 0.02'],
  [{ creditPrice: -5, currency: 'GBP' }, 'creditPrice: expected what a credit costs, above 0'],
  [{ creditPrice: 1, currency: 'GBPP' }, 'currency: expected a currency of ISO 4217'],
])('a price that is wrong names the parameter: %j', async (money, problem) => {
  await expect(collect({ source: 'sample', ...money })).rejects.toThrow(problem);
  const priced = price([], money);
  await expect(priced.next()).rejects.toThrow(problem);
});

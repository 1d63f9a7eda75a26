import { expect, test } from 'vitest';
import { priceNaively } from '../../bench/engine/naive.js';
import { startUpstream } from '../upstream.js';
import { runMain } from './run-main.js';

const MESSAGES = 60_000;
/** So that a run in which nothing moves ends. */
const DEADLINE = ['--deadline', '60s'];

const text = 'Are there any restrictions on alterations or improvements to the premises at all?';
/** Of it 44 MB: beyond what is read ahead while whole messages are kept. */
const longText = Array(8).fill(text).join(' ');

const at = (id: number) => new Date(1714348109375 + id * 250).toISOString();

function document(count: number, text: string): string {
  const messages = Array.from({ length: count }, (_, id) => {
    const report = id % 1000 === 0 ? `,"report_id":${1 + ((id / 1000) % 3)}` : '';
    return `{"text":"${text}","timestamp":"${at(id)}"${report},"id":${id}}`;
  });
  return `{"messages":[${messages.join(',')}]}`;
}

const options = (count: number, text: string) => ({
  messages: document(count, text),
  reports: { 1: { id: 1, name: 'One', credit_cost: 1 }, 2: { id: 2, name: 'Two', credit_cost: 2.5 } },
  script: Object.fromEntries([1, 2, 3].map((id) => [`/reports/${id}`, { afterMessages: true as const }])),
});

test('the document is read on while a report of its first message has not answered', async () => {
  const server = await startUpstream(options(MESSAGES, longText));
  try {
    const run = await runMain(['--ndjson', '--source', server.url, ...DEADLINE]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const rows = run.stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(MESSAGES);
    expect(rows[0]).toBe(`{"message_id":0,"timestamp":"${at(0)}","report_name":"One","credits_used":1}`);
    expect(rows[1000]).toBe(
      `{"message_id":1000,"timestamp":"${at(1000)}","report_name":"Two","credits_used":2.5}`,
    );
    // The third does not exist: priced by its text, like the message after it.
    const byText = (id: number) =>
      `{"message_id":${id},"timestamp":"${at(id)}","credits_used":${priceNaively(longText)}}`;
    expect(rows[2000]).toBe(byText(2000));
    expect(rows[2001]).toBe(byText(2001));
    expect(rows.at(-1)).toBe(byText(MESSAGES - 1));
    expect(server.hits('/messages/current-period')).toBe(1);
  } finally {
    await server.close();
  }
}, 90_000);

test.each([
  [
    'shown',
    '--fields',
    'message_id,text,characters',
    `{"message_id":1999,"text":"${text}","characters":${text.length}}`,
  ],
  ['sorted by', '--sort', 'characters', undefined],
])('texts that are %s are kept while a report has not answered', async (_, flag, value, last) => {
  const server = await startUpstream(options(2000, text));
  try {
    const run = await runMain(['--ndjson', '--source', server.url, ...DEADLINE, flag, value]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const rows = run.stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(2000);
    if (last !== undefined) expect(rows.at(-1)).toBe(last);
  } finally {
    await server.close();
  }
});

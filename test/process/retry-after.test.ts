import { describe, expect, test } from 'vitest';
import { type Reply, startUpstream } from '../upstream.js';
import { BILL, REPORT_PATH, USUAL } from './period.js';
import { runMain } from './run-main.js';

interface Row {
  readonly name: string;
  /** Made when the row runs, since it may hold a date. */
  readonly header: () => string;
  /** Milliseconds from the first request to the second; none where there is no second. */
  readonly wait?: { readonly least: number; readonly most: number };
  readonly status: number;
  readonly says: string;
}

/** Generous, for a busy machine. */
const SLACK = 4000;
const wallClock = (time: number) => performance.timeOrigin + time;
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toUTCString();
const kept = (name: string, header: () => string, least: number): Row => ({
  name,
  header,
  wait: { least, most: least + SLACK },
  status: 0,
  says: '',
});
/** No valid form: as if there were no header, so the usual backoff. */
const ignored = (header: string): Row => kept(`C065 C066 "${header}" is ignored`, () => header, 0);
const tooLong = (name: string, header: () => string): Row => ({
  name: `C065 C141 ${name} is longer than the deadline: at once, and says so`,
  header,
  status: 69,
  says: 'asks to wait',
});

const ROWS: readonly Row[] = [
  kept('1 is a second', () => '1', 990),
  kept('C064 a date three seconds away', () => inSeconds(3), 0),
  kept('0 is at once', () => '0', 0),
  ...['-3', '1.5', '+3', '', 'abc', '12 seconds', '1,5', '0x10', 'NaN'].map(ignored),
  ignored('Wed, 21 Oct 2015 07:28:00 GMT'),
  ignored('2033-01-01'),
  tooLong('120', () => '120'),
  tooLong('99999999999', () => '99999999999'),
  tooLong('a date in an hour', () => inSeconds(3600)),
  tooLong('a number of 400 digits', () => '9'.repeat(400)),
];

describe.concurrent('fault matrix: Retry-After', () => {
  test.for(ROWS.map((row) => [`${row.name} → ${row.status}`, row] as const))('%s', async ([, row]) => {
    const asked = row.header();
    const refusal: Reply = { status: 429, headers: { 'retry-after': asked } };
    const upstream = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: [refusal, {}] } });
    try {
      const run = await runMain(['--json', '--source', upstream.url, '--deadline', '30s']);
      expect(run).toMatchObject({ status: row.status, stdout: row.status === 0 ? BILL : '' });
      expect(run.stderr).toContain(row.says);
      const [first, second] = upstream.requests.filter(({ path }) => path === REPORT_PATH);
      expect(upstream.hits(REPORT_PATH)).toBe(row.wait === undefined ? 1 : 2);
      if (row.wait === undefined || first === undefined || second === undefined) return;
      expect(second.time - first.time).toBeGreaterThanOrEqual(row.wait.least);
      expect(second.time - first.time).toBeLessThan(row.wait.most);
      if (row.name.startsWith('C064'))
        expect(wallClock(second.time)).toBeGreaterThanOrEqual(Date.parse(asked));
    } finally {
      await upstream.close();
    }
  });
});

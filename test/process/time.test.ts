import { describe, expect, test } from 'vitest';
import { runMain } from './run-main.js';

const ZONES = ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Pacific/Marquesas', 'Asia/Kolkata'];

/** A period of messages at these times, whose ids are their places. */
const at = (...times: string[]) => ({
  input: JSON.stringify({ messages: times.map((timestamp, id) => ({ id, timestamp, text: '' })) }),
});
const idsOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => Number(JSON.parse(line).message_id));
const select = async (times: string[], zone: string, ...flags: string[]) =>
  idsOf((await runInZone(zone, ['--ndjson', '--source', '-', ...flags], at(...times))).stdout);

/** Runs a command line where the machine's own time zone is `zone`. */
async function runInZone(zone: string, ...[args, options]: Parameters<typeof runMain>) {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    const midnight = new Date(0);
    expect(midnight.toLocaleString()).toBe(midnight.toLocaleString(undefined, { timeZone: zone }));
    return await runMain(args, options);
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

async function periods(times: string[], ...flags: string[]): Promise<string[]> {
  const run = await runMain(['summary', '--csv', '--source', '-', ...flags], at(...times));
  expect(run).toMatchObject({ status: 0, stderr: '' });
  return run.stdout
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.split(',').slice(0, 2).join(' '));
}

describe('days and months', () => {
  test.for(ZONES)(
    'C005 C056 C057 C132 a day is that of --timezone, else UTC, whatever TZ is: %s',
    async (TZ) => {
      const late = ['2024-01-25T04:08:00Z'];
      expect(await select(late, TZ, '--since', '2024-01-25', '--until', '2024-01-25')).toEqual([0]);
      const la = ['--timezone', 'America/Los_Angeles'];
      expect(await select(late, TZ, '--since', '2024-01-24', '--until', '2024-01-24', ...la)).toEqual([0]);
      expect(await select(late, TZ, '--since', '2024-01-25', ...la)).toEqual([]);
    },
  );

  test('C051 C145 two periods that meet share no message and lose none', async () => {
    const times = [
      '2024-03-31T00:00:00Z',
      '2024-03-31T23:59:59.999Z',
      '2024-04-01T00:00:00.000Z',
      '2024-04-30T23:59:59.999999999Z',
    ];
    expect(await select(times, 'UTC', '--until', '2024-03-31')).toEqual([0, 1]);
    expect(await select(times, 'UTC', '--since', '2024-04-01')).toEqual([2, 3]);
    const boundary = '2024-04-01T00:00:00Z';
    for (const TZ of ZONES) {
      const around = Array.from({ length: 29 }, (_, hour) =>
        new Date(Date.parse(boundary) + (hour - 14) * 3_600_000).toISOString(),
      );
      const march = await select(around, TZ, '--until', boundary);
      const april = await select(around, TZ, '--since', boundary);
      expect([...march, ...april]).toEqual(around.map((_, id) => id));
    }
  });

  test('C053 both hours of the autumn change are kept, in order, in one day', async () => {
    const times = ['2024-11-03T06:30:00Z', '2024-11-03T05:30:00Z'];
    expect(await select(times, 'America/New_York', '--sort', 'timestamp')).toEqual([1, 0]);
    expect(await periods(times, '--by', 'day', '--timezone', 'America/New_York')).toEqual(['2024-11-03 2']);
  });

  test("C055 C144 months follow the zone's rules on the day of the event", async () => {
    expect(await periods(['2023-03-31T22:30:00Z'], '--by', 'month', '--timezone', 'Europe/Berlin')).toEqual([
      '2023-04 1',
    ]);
    expect(await periods(['2023-10-31T23:30:00Z'], '--by', 'month', '--timezone', 'Europe/Berlin')).toEqual([
      '2023-11 1',
    ]);
    expect(
      await periods(['2023-04-01T04:00:00Z'], '--by', 'month', '--timezone', 'America/New_York'),
    ).toEqual(['2023-04 1']);
    expect(
      await periods(['2023-04-01T03:59:59Z'], '--by', 'month', '--timezone', 'America/New_York'),
    ).toEqual(['2023-03 1']);
  });

  test.for(['Africa/Cairo', 'America/Sao_Paulo', 'Pacific/Apia', 'Asia/Beirut', 'Antarctica/Troll'])(
    'C146 days without a midnight, or missing, or twice, end: %s',
    async (zone) => {
      const days = await periods(
        ['2010-01-01T12:00:00Z', '2024-12-31T12:00:00Z'],
        '--by',
        'day',
        '--timezone',
        zone,
      );
      const names = days.map((line) => line.split(' ')[0] ?? '');
      expect(names).toEqual([...new Set(names)].sort());
    },
  );

  test('C131 timestamps are given back as they came', async () => {
    const times = [
      '2024-04-29T02:08:29+02:00',
      '2024-04-29T02:08:29.375Z',
      '2024-04-29t02:08:29z',
      '2016-12-31T23:59:60Z',
    ];
    for (const TZ of ZONES) {
      const run = await runInZone(TZ, ['--ndjson', '--source', '-'], at(...times));
      expect(
        run.stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line).timestamp),
      ).toEqual(times);
    }
  });
});

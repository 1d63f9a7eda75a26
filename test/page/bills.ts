import { DAY } from '../../src/calendar/days.js';
import { decodeRows, type PageRow } from '../../src/format/page/bill-data.js';
import { decodeMeta, type PageMeta } from '../../src/format/page/page-meta.js';
import { toDigits, toUnits } from '../../src/page/data/texts.js';

/** Decimals of the made-up credits. */
const SCALE = 4;

const REPORTS = [
  { name: 'Tenant Obligations Report', credits: '79' },
  { name: 'Short Lease Report', credits: '61' },
  { name: 'Maintenance Responsibilities Report', credits: '96' },
  { name: 'Schedule 10 Summary', credits: '12.5' },
  { name: 'Schedule 9 Summary', credits: '12.5' },
];

/** A bill of `count` messages over the `days` from 1 April 2024, the same at every call. */
export function makeRows(count: number, days = 30): PageRow[] {
  const random = seeded(7);
  return Array.from({ length: count }, (_, index) => {
    const day = Math.floor((index / count) * days);
    const time = Date.UTC(
      2024,
      3,
      1 + day,
      7 + Math.floor(random() * 12),
      Math.floor(random() * 60),
      12,
      375,
    );
    const timestamp = new Date(time).toISOString();
    const common = { messageId: String(1000 + index), timestamp, day: Math.floor(time / DAY) };
    const report = random() < 0.25 ? REPORTS[Math.floor(random() * REPORTS.length)] : undefined;
    if (report !== undefined) {
      const { name: reportName, credits } = report;
      const reportId = `${REPORTS.indexOf(report)}`;
      return { ...common, kind: 'report' as const, reportId, reportName, credits };
    }
    const missing = random() < 0.06;
    const credits = toDigits(BigInt(10_000 + Math.floor(random() * 1500) * 50), SCALE);
    if (missing) return { ...common, kind: 'missing-report', reportId: '404', credits };
    return { ...common, kind: 'text', credits };
  });
}

/** What the command would say about `rows`. */
export function describe(rows: readonly PageRow[], more: Partial<PageMeta> = {}): PageMeta {
  const scale = Math.max(0, ...rows.map(({ credits }) => credits.split('.')[1]?.length ?? 0));
  const total = rows.reduce((sum, { credits }) => sum + toUnits(credits, scale), 0n);
  const ends = { from: rows.at(0)?.timestamp, to: rows.at(-1)?.timestamp };
  return {
    source: 'https://owpublic.blob.core.windows.net/tech-task',
    period: 'current-period',
    timezone: 'UTC',
    rules: 'published',
    asOf: '2024-05-01T08:00:00Z',
    ...(ends.from !== undefined && ends.to !== undefined && { from: ends.from, to: ends.to }),
    total: toDigits(total, scale),
    count: rows.length,
    filtered: false,
    ...more,
  };
}

/** What is embedded in a page, read without a browser. */
export function parsePage(html: string): { meta: PageMeta; rows: PageRow[] } {
  const blocks = (name: string) =>
    Array.from(html.matchAll(/<script type="application\/json" data-block="(\w+)">([^<]*)<\/script>/g))
      .filter(([, block]) => block === name)
      .map(([, , json = '']): unknown => JSON.parse(json));
  return { meta: decodeMeta(blocks('meta')[0]), rows: blocks('rows').flatMap(decodeRows) };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.js';
import { runMain } from './run-main.js';

const REPORTS = [
  { id: 7, name: 'Short Lease Report', credit_cost: 61 },
  { id: 9, name: '7', credit_cost: 13 },
  { id: 5392, name: 'Tenant Obligations Report', credit_cost: 79 },
  { id: 'abc', name: 'Maintenance Responsibilities Report', credit_cost: 99 },
];

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream({
    messages: {
      messages: REPORTS.map(({ id }, index) => ({
        id: index,
        timestamp: '2024-04-29T02:08:29Z',
        text: 'a',
        report_id: id,
      })),
    },
    reports: Object.fromEntries(REPORTS.map((report) => [report.id, report])),
  });
});
afterAll(() => upstream.close());

const ask = (report: string, ...more: string[]) =>
  runMain(['--source', upstream.url, '--csv', '--fields', 'report_id', '--report', report, ...more]);

describe('fault B16 (a choice is of one thing): --report', () => {
  test('the id of one report and the name of another is an error that says how to choose', async () => {
    const run = await ask('7');
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(run.stderr).toContain('7 is the id of one report and the name of report 9; say id:7 or name:7');
    const summary = await runMain(['summary', '--by', 'day', '--source', upstream.url, '--report', '7']);
    expect(summary).toMatchObject({ stdout: '', status: 64 });
  });

  test.for([
    ['id:7', '7'],
    ['name:7', '9'],
    ['9', '9'],
    ['abc', 'abc'],
    ['name:Short Lease Report', '7'],
  ] as const)('--report %s is report %s', async ([report, id]) => {
    expect(await ask(report)).toMatchObject({ stdout: `report_id\r\n${id}\r\n`, stderr: '', status: 0 });
  });
});

describe('fault D5 (a name that nothing has is told): --report', () => {
  test.for(['tenant obligations report', 'TENANT OBLIGATIONS REPORT'])(
    'case does not matter: %s',
    async (name) => {
      expect(await ask(name)).toMatchObject({ stdout: 'report_id\r\n5392\r\n', stderr: '', status: 0 });
    },
  );

  test.for([
    ['Tenant Obligation Report', '"Tenant Obligations Report"'],
    ['tenant', '"Tenant Obligations Report"'],
    ['maintenance responsibilty report', '"Maintenance Responsibilities Report"'],
  ] as const)('%s is like %s', async ([name, near]) => {
    const run = await ask(name);
    expect(run).toMatchObject({ stdout: 'report_id\r\n', status: 0 });
    expect(run.stderr).toBe(`o-copilot: no message has the report "${name}"; did you mean ${near}?\n`);
    expect((await ask(name, '--quiet')).stderr).toBe('');
  });

  test('what is like nothing, and an id that nothing has', async () => {
    expect((await ask('zzzzzzzz')).stderr).toBe('o-copilot: no message has the report "zzzzzzzz"\n');
    expect((await ask('id:8')).stderr).toBe('o-copilot: no message has the report "id:8"\n');
  });

  test('--kind names the kind that was meant', async () => {
    const run = await runMain(['--source', upstream.url, '--kind', 'Reports']);
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(run.stderr).toContain('did you mean report?');
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

const BAD = [
  ['..', 'a step within a path'],
  ['.', 'a step within a path'],
  ['%2e%2e', 'a step within a path'],
  ['.%2E', 'a step within a path'],
  ['a\u0000b', 'control characters'],
  ['a\nb', 'control characters'],
  ['a\u007f', 'control characters'],
  ['a\ud800', 'half of a surrogate pair'],
  ['x'.repeat(201), 'more than 200 characters'],
] as const;

const documentWith = (id: unknown) => ({
  messages: [
    { id: 1, timestamp: '2024-04-29T02:08:29Z', text: 'a', report_id: 5 },
    { id: 77, timestamp: '2024-04-29T02:08:30Z', text: 'b', report_id: id },
  ],
});

describe('fault C7 (no name leads elsewhere): report ids', () => {
  test.for(BAD)('%j is 65 and names the message, whatever the source', async ([id, problem]) => {
    const upstream = await startUpstream({
      messages: documentWith(id),
      reports: { 5: { id: 5, name: 'N', credit_cost: 1 } },
    });
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'm.json'), JSON.stringify(documentWith(id)));
      mkdirSync(join(cwd, 'reports'));
      writeFileSync(join(cwd, 'reports', '5.json'), '{"id":5,"name":"N","credit_cost":1}');
      const snapshot = ['snapshot', 'kept', '--source', upstream.url];
      for (const args of [['--source', upstream.url], ['--source', 'm.json'], snapshot]) {
        const run = await runMain(args, { cwd });
        expect(run).toMatchObject({ stdout: '', status: 65 });
        expect(run.stderr).toContain('message 77: report_id: ');
        expect(run.stderr).toContain(problem);
      }
    });
    const asked = new Set(upstream.requests.map(({ path }) => path));
    asked.delete('/messages/current-period');
    expect([...asked].filter((path) => path !== '/reports/5')).toEqual([]);
    await upstream.close();
  });

  test.for(['../5', 'a/b', '..\\5', '..%2f5', '%2fetc', 'a b'])(
    '%j is one percent-encoded segment, which no parser takes for a step',
    async (id) => {
      const priced = { id, name: 'N', credit_cost: 1 };
      const upstream = await startUpstream({
        messages: documentWith(id),
        reports: { 5: { ...priced, id: 5 } },
      });
      const run = await runMain(['--ndjson', '--source', upstream.url]);
      expect(run).toMatchObject({ status: 0, stderr: '' });
      const [path] = upstream.requests.map((request) => request.path).filter((each) => /%/.test(each));
      expect(path).toBe(`/reports/${encodeURIComponent(id)}`);
      expect(new URL(`${upstream.url}${path}`).pathname).toBe(path);
      await upstream.close();
    },
  );

  test('an empty id is 65 too', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'm.json'), JSON.stringify(documentWith('')));
      const run = await runMain(['--source', 'm.json'], { cwd });
      expect(run).toMatchObject({ stdout: '', status: 65 });
      expect(run.stderr).toContain('message 77: report_id');
    });
  });

  test('an id too long for a file name is no missing report', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'm.json'), JSON.stringify(documentWith('é'.repeat(150))));
      mkdirSync(join(cwd, 'reports'));
      writeFileSync(join(cwd, 'reports', '5.json'), '{"id":5,"name":"N","credit_cost":1}');
      const run = await runMain(['--source', 'm.json'], { cwd });
      expect(run).toMatchObject({ stdout: '', status: 65 });
      expect(run.stderr).toContain('too long for the name of a file');
    });
  });
});

describe('fault C7 (no name leads elsewhere): periods', () => {
  test.for(BAD.filter(([id]) => !id.includes('\u0000') && !id.includes('\ud800')))(
    '--period %j is a wrong value, before any request',
    async ([period]) => {
      const upstream = await startUpstream({});
      const flag = await runMain([`--period=${period}`, '--source', upstream.url]);
      expect(flag).toMatchObject({ stdout: '', status: 64 });
      expect(flag.stderr).toContain('--period: ');
      const env = { O_COPILOT_PERIOD: period };
      expect(await runMain(['--source', upstream.url], { env })).toMatchObject({ stdout: '', status: 78 });
      expect(upstream.requests).toEqual([]);
      await upstream.close();
    },
  );
});

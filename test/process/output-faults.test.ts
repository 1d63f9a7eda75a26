import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../upstream.js';
import { SHELL_FAULTS } from './output-faults.js';
import { BILL, BILL_CSV, USUAL } from './period.js';
import { inFolder, runShell } from './run.js';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream(USUAL);
});
afterAll(() => upstream.close());

const STDOUT = { bill: BILL, csv: BILL_CSV, '': '' };
const isRoot = process.getuid?.() === 0;

describe.concurrent('fault matrix: files, pipes and settings', () => {
  const rows = SHELL_FAULTS.filter(({ before }) => isRoot || !before.includes('mount'));
  test.for(rows.map((row) => [`${row.name} → ${row.status}`, row] as const))('%s', async ([, fault]) => {
    await inFolder(async (folder) => {
      const env = { SOURCE: upstream.url };
      const inside = `cd '${folder}' && { ${fault.before}; } && { ${fault.line}; }`;
      // A mount lives and dies with its row.
      const line = fault.before.includes('mount') ? `trap "umount -l '${folder}'/*" EXIT; ${inside}` : inside;
      const run = await runShell(line, { cwd: folder, env });
      expect(run).toMatchObject({ status: fault.status, stdout: STDOUT[fault.stdout] });
      for (const words of fault.says) expect(run.stderr).toContain(words);
      expect(run.stderr.split('\n').length).toBe(fault.says.length === 0 ? 1 : 2);
      expect(filesIn(folder)).toEqual(
        Object.fromEntries(
          Object.entries(fault.leaves).map(([name, content]) => [
            name,
            content === 'csv' ? BILL_CSV : content,
          ]),
        ),
      );
    });
  });
});

/** By name; what is no file, such as a broken link, is left out. */
function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => isFile(join(folder, name)));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, runBin } from './run.js';

/** As test/node-versions.sh keeps them. */
const NODES = process.env.TEST_NODES ?? join(homedir(), '.cache/o-copilot-nodes');
const nodeOf = (version: string) => join(NODES, version, 'node_modules/node/bin/node');

describe('fault C9 (what the program needs is checked first): an old Node', () => {
  test.for(['18.20.8', '16.20.2', '8.0.0'])(
    'a Node that says it is %s is refused before anything is done',
    async (version) => {
      const fake = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
      const node = ['--import', `data:text/javascript,${encodeURIComponent(fake)}`];
      for (const args of [['--source', 'sample'], ['--version'], ['nonsense']]) {
        const run = await runBin(args, { node });
        expect(run).toMatchObject({
          stdout: '',
          stderr: `o-copilot: needs Node 20 or later, this is ${version}\n`,
          status: 78,
        });
      }
      const json = await runBin(['--format=json'], { node });
      expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'old_node', exit_code: 78 } });
    },
  );

  test.for(['16', '18'])(
    'a real Node %s (needs it where test/node-versions.sh keeps Nodes)',
    (major, { skip }) => {
      if (!existsSync(nodeOf(major))) skip();
      const version = execFileSync(nodeOf(major), ['--version'], { encoding: 'utf8' }).trim().slice(1);
      const run = spawnSync(nodeOf(major), [BIN, '--source', 'sample'], { encoding: 'utf8' });
      expect(run).toMatchObject({
        stdout: '',
        stderr: `o-copilot: needs Node 20 or later, this is ${version}\n`,
        status: 78,
      });
    },
  );
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { BIN, inFolder } from './run.js';

const hasMan = spawnSync('man', ['--version']).error === undefined;

let packed: string;
let tarball: string;
beforeAll(() => {
  packed = mkdtempSync(join(tmpdir(), 'o-copilot-test-'));
  tarball = pack('.', packed);
});
afterAll(() => rmSync(packed, { recursive: true, force: true }));

/** Packs a package folder. Returns the tarball's path. Without its scripts, which would build anew while other tests run. */
function pack(folder: string, goal: string): string {
  const { stdout, status, stderr } = spawnSync(
    'npm',
    ['pack', folder, '--ignore-scripts', '--silent', '--pack-destination', goal],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return join(goal, stdout.trim());
}

/** A registry on this machine with the packages that an installation needs, so that the test needs no network. */
async function startRegistry(folder: string) {
  const packages = new Map(
    Object.keys(manifest.dependencies).map((name) => {
      const source = resolve('node_modules', name);
      return [name, { tarball: pack(source, folder), ...readManifest(source) }];
    }),
  );
  const server = createServer((request, response) => {
    const [, name = '', file] = (request.url ?? '').split('/');
    const found = packages.get(name);
    if (found === undefined) return response.writeHead(404).end('{}');
    if (file !== undefined) return response.end(readFileSync(found.tarball));
    const dist = { tarball: `http://${request.headers.host}/${name}/package.tgz` };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        name,
        'dist-tags': { latest: found.version },
        versions: { [found.version]: { name, version: found.version, dist } },
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

function readManifest(folder: string): { readonly version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

describe('the package', () => {
  test('C134 C135 the program begins with the standard line, ended by LF', () => {
    expect(readFileSync(BIN, 'utf8').split('\n', 1)[0]).toBe('#!/usr/bin/env node');
  });

  test('C134 unpacked, it runs through a link from elsewhere and knows its version', async () => {
    await inFolder(async (folder) => {
      expect(spawnSync('tar', ['-xzf', tarball], { cwd: folder }).status).toBe(0);
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
      symlinkSync(join(folder, 'package', manifest.bin['o-copilot']), join(folder, 'o-copilot'));
      const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'o-copilot'), '--version'], {
        cwd: '/',
        encoding: 'utf8',
      });
      expect({ stdout, stderr }).toEqual({ stdout: `${manifest.version}\n`, stderr: '' });
    });
  });
});

describe.skipIf(!hasMan)('the installed package (needs man)', { timeout: 120_000 }, () => {
  async function installed(
    more: readonly string[],
    use: (folder: string, runIn: (words: readonly string[]) => string) => void,
  ) {
    await inFolder(async (folder) => {
      const registry = await startRegistry(folder);
      const home = join(folder, 'home');
      const work = join(folder, 'work');
      for (const each of [home, work]) mkdirSync(each);
      writeFileSync(join(work, 'package.json'), '{}');
      const runIn = ([command = '', ...args]: readonly string[], env = {}) => {
        const run = spawnSync(command, args, {
          cwd: work,
          encoding: 'utf8',
          env: { PATH: process.env.PATH, HOME: home, LC_ALL: 'C.UTF-8', MANWIDTH: '80', ...env },
        });
        expect({ command, ...run }).toMatchObject({ status: 0 });
        return run.stdout;
      };
      try {
        await install([tarball, '--registry', registry.url, ...more], work, home);
        use(work, runIn);
      } finally {
        registry.close();
      }
    });
  }

  test('fault D3 (npm puts every part where it is looked for): after `npm install -g` (a prefix and another PATH), `man o-copilot` opens, program, npx, completion and docs work, and removing leaves nothing', async () => {
    await installed(['--global', '--prefix', 'prefix'], (folder, runIn) => {
      const prefix = join(folder, 'prefix');
      const page = realpathSync(join(prefix, 'share/man/man1/o-copilot.1'));
      expect(page).toBe(realpathSync(join(prefix, 'lib/node_modules/o-copilot/man/o-copilot.1')));
      const manual = ['env', `MANPATH=${prefix}/share/man`, 'man'];
      expect(realpathSync(runIn([...manual, '-w', 'o-copilot']).trim())).toBe(page);
      // man finds the folder beside each folder of PATH by itself.
      const besideMan = `PATH=${prefix}/bin:${process.env.PATH}`;
      expect(realpathSync(runIn(['env', besideMan, 'man', '-w', 'o-copilot']).trim())).toBe(page);
      expect(runIn([...manual, 'o-copilot'])).toMatch(/^NAME\n +o-copilot/m);

      const root = join(prefix, 'lib/node_modules/o-copilot');
      // Nothing of the system but what `env` needs to find Node.
      const path = `PATH=${prefix}/bin:${dirname(process.execPath)}`;
      const env = spawnSync('sh', ['-c', 'command -v env'], { encoding: 'utf8' }).stdout.trim();
      const run = (...words: readonly string[]) => runIn([env, path, ...words]);
      expect(run('o-copilot', '--version')).toBe(`${manifest.version}\n`);
      expect(run('o-copilot', 'usage', '--source', 'sample', '--lock', 'lock', '--csv')).toMatch(
        /^message_id,/,
      );
      for (const shell of ['bash', 'zsh', 'fish']) {
        expect(run('o-copilot', 'completion', shell)).toContain('o-copilot');
      }
      for (const link of readFileSync(join(root, 'README.md'), 'utf8').matchAll(
        /\]\(((?:docs\/|CHANGELOG)[^)#]*)/g,
      )) {
        expect(existsSync(join(root, link[1] ?? '')), link[1]).toBe(true);
      }
      runIn(['npm', 'uninstall', '--silent', '--global', '--prefix', prefix, 'o-copilot']);
      const left = readdirSync(prefix, { recursive: true, withFileTypes: true }).filter(
        (each) => !each.isDirectory(),
      );
      expect(left.map(({ name }) => name)).toEqual([]);
      // Nothing in the home folder but npm's own.
      expect(readdirSync(join(folder, '../home')).filter((name) => name !== '.npm')).toEqual([]);
      expect(readdirSync(folder).sort()).toEqual(['lock', 'package.json', 'prefix']);
    });
  });

  test('fault D3 (npm puts every part where it is looked for): `npm install` in another folder has program, page, schema and library', async () => {
    await installed([], (folder, runIn) => {
      const root = join(folder, 'node_modules/o-copilot');
      const npx = ['npx', '--no-install', 'o-copilot'];
      expect(runIn([...npx, '--version'])).toBe(`${manifest.version}\n`);
      expect(runIn([...npx, 'usage', '--source', 'sample', '--csv'])).toMatch(/^message_id,/);
      expect(runIn(['man', `${root}/man/o-copilot.1`])).toMatch(/^NAME\n +o-copilot/m);
      const script = `import { textPricer } from 'o-copilot/engine'; import { price } from 'o-copilot';
        import schema from 'o-copilot/rates.schema.json' with { type: 'json' };
        console.log(typeof price, typeof textPricer, typeof schema);`;
      expect(runIn([process.execPath, '--no-warnings', '--input-type=module', '-e', script])).toBe(
        'function function object\n',
      );
    });
  });
});

/** Asynchronously, because the registry answers from this process. */
async function install(args: readonly string[], cwd: string, home: string): Promise<void> {
  const child = spawn('npm', ['install', '--ignore-scripts', '--no-audit', ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  // npm warns of nothing.
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
}

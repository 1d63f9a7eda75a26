import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inFolder, startBin } from '../process/run.js';
import { runMain } from '../process/run-main.js';
import { type Serving, startServe } from './start-serve.js';

const KIND = 'fault F9 (what users of the first service relied on)';

let serving: Serving;
beforeAll(async () => {
  serving = await startServe(['--source', 'sample', '--base-path', '/billing']);
});
afterAll(() => serving.stop());

describe(KIND, () => {
  test.each(['/usage', '/usage/1000', '/summary', '/health', '/ready', '/metrics', '/openapi.json', '/docs'])(
    '%s with a slash at the end',
    async (address) => {
      for (const prefix of ['', '/billing']) {
        const [plain, slash] = await Promise.all([
          serving.get(prefix + address),
          serving.get(`${prefix}${address}/?`),
        ]);
        expect(slash.status).toBe(plain.status);
        expect(slash.headers.get('etag')).toBe(plain.headers.get('etag'));
        const post = await fetch(`${serving.url}${prefix}${address}/`, { method: 'POST' });
        expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      }
    },
  );

  test.each(['/docs', '/docs/', '/docs?x=1', '/docs/?x=1', '/billing/docs', '/billing/docs/'])(
    '%s leads to the OpenAPI document',
    async (address) => {
      const reply = await fetch(`${serving.url}${address}`);
      expect(reply.status).toBe(200);
      expect(await reply.json()).toMatchObject({ openapi: '3.1.0' });
    },
  );

  test('two slashes are another address', async () => {
    for (const address of ['/summary//', '//usage', '/nowhere/']) {
      expect([address, (await serving.get(address)).status]).toEqual([address, 404]);
    }
  });

  test('an error has its detail', async () => {
    for (const address of ['/nowhere', '/usage?limit=x', '/usage/x']) {
      expect(await (await serving.get(address)).json()).toMatchObject({ detail: expect.stringMatching(/./) });
    }
  });
});

describe(`${KIND}: PORT and HOST say where to listen, after everything of our own`, () => {
  async function shown(env: Record<string, string>, file = '', args: readonly string[] = []) {
    return inFolder(async (cwd) => {
      writeFileSync(join(cwd, '.env'), file);
      const run = await runMain(['config', '--json', ...args], { env, cwd });
      expect(run).toMatchObject({ stderr: '', status: 0 });
      const { settings }: { settings: { name: string; value: string; origin: string }[] } = JSON.parse(
        run.stdout,
      );
      return ['host', 'port'].map((name) => {
        const setting = settings.find((each) => each.name === name);
        return [setting?.value, setting?.origin];
      });
    });
  }

  test('config shows which counts', async () => {
    expect(await shown({ PORT: '8000', HOST: '0.0.0.0' })).toEqual([
      ['0.0.0.0', 'HOST'],
      ['8000', 'PORT'],
    ]);
    expect(
      await shown({ PORT: '8000', O_COPILOT_PORT: '9000' }, 'O_COPILOT_HOST=::1\nHOST=localhost\n'),
    ).toEqual([
      ['::1', '.env line 1 (O_COPILOT_HOST)'],
      ['9000', 'O_COPILOT_PORT'],
    ]);
    expect(await shown({ PORT: ' ' }, 'PORT=8001\n')).toEqual([
      ['127.0.0.1', 'default'],
      ['8001', '.env line 1 (PORT)'],
    ]);
  });

  test('a wrong one is an error of serve, and nothing to other commands', async () => {
    const env = { PORT: 'tcp://10.0.0.1:80' };
    const serve = await runMain(['serve', '--source', 'sample'], { env });
    expect(serve).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('PORT: expected a whole number'),
    });
    expect(await runMain(['usage', '--source', 'sample', '--json'], { env })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  test('serve listens there', async () => {
    const child = startBin(['serve', '--source', 'sample'], { env: { PORT: '0', HOST: 'localhost' } });
    const { stderr } = child;
    if (stderr === null) throw new Error('no stderr');
    let written = '';
    for await (const chunk of stderr) {
      written += chunk;
      if (written.includes('"serving"')) break;
    }
    child.kill();
    expect(written).toMatch(/"url":"http:\/\/localhost:\d+"/);
  });
});

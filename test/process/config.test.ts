import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder, type RunOptions } from './run.js';
import { runMain } from './run-main.js';

interface Shown {
  readonly name: string;
  readonly value: string | null;
  readonly origin: string;
}

async function settings(args: readonly string[], options: RunOptions = {}): Promise<Record<string, unknown>> {
  const run = await runMain(['config', '--json', ...args], options);
  expect(run).toMatchObject({ stderr: '', status: 0 });
  const shown: Shown[] = JSON.parse(run.stdout).settings;
  return Object.fromEntries(shown.map(({ name, value, origin }) => [name, [value, origin]]));
}

describe('config', () => {
  test('each value says what set it: flag, environment, file, default', async () => {
    await inFolder(async (cwd) => {
      writeFileSync(join(cwd, '.env'), '# ours\nO_COPILOT_RETRIES=5\nO_COPILOT_PERIOD=from-file\n');
      const shown = await settings(['--deadline', '120s'], { cwd, env: { O_COPILOT_PERIOD: 'from-env' } });
      expect(shown).toMatchObject({
        deadline: ['120s', '--deadline'],
        period: ['from-env', 'O_COPILOT_PERIOD'],
        retries: ['5', '.env line 2 (O_COPILOT_RETRIES)'],
        'connect-timeout': ['10s', 'default'],
        source: ['https://owpublic.blob.core.windows.net/tech-task', 'default'],
        token: [null, 'default'],
        port: ['8080', 'default'],
      });
      const table = await runMain(['config'], { cwd });
      expect(table.stdout).toMatch(/retries +5 +\.env line 2 \(O_COPILOT_RETRIES\)/);
    });
  });

  test('nothing secret is shown, nor how long it is', async () => {
    const env = {
      O_COPILOT_TOKEN: 'hunter2-token',
      O_COPILOT_SOURCE: 'https://user:hunter2@example.test/base?sig=hunter2#hunter2',
      O_COPILOT_REDIS: 'redis://:hunter2@127.0.0.1:6379/0',
      O_COPILOT_JWT_SECRET: 'hunter2hunter2hunter2hunter2hunter2',
    };
    expect(await settings([], { env })).toMatchObject({
      token: ['••••', 'O_COPILOT_TOKEN'],
      source: ['https://••••@example.test/base?••••', 'O_COPILOT_SOURCE'],
      redis: ['redis://••••@127.0.0.1:6379/0', 'O_COPILOT_REDIS'],
      'jwt-secret': ['••••', 'O_COPILOT_JWT_SECRET'],
    });
    for (const format of ['--json', '--table']) {
      expect((await runMain(['config', format], { env })).stdout).not.toContain('hunter2');
    }
  });

  test('a wrong setting is an error here too, and its secret is not shown', async () => {
    const run = await runMain(['config'], { env: { O_COPILOT_RETRIES: 'many' } });
    expect(run).toMatchObject({ stdout: '', status: 78 });
    expect(run.stderr).toContain('O_COPILOT_RETRIES: expected a whole number');
    const token = await runMain(['config'], { env: { O_COPILOT_TOKEN: 'hunter2\u0007' } });
    expect(token).toMatchObject({ stdout: '', status: 78 });
    expect(token.stderr).not.toContain('hunter2');
    expect(await runMain(['config', '--deadline', '5'])).toMatchObject({ stdout: '', status: 64 });
  });
});

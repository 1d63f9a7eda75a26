import { describe, expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import type { Fault } from './faults/fault.js';
import { FAULTS } from './faults.js';
import type { Outcome } from './run.js';
import { runMain } from './run-main.js';

/** Short, so that a fault ends soon; long enough for a busy machine's good answers. As variables: a row's flags win. */
const LIMITS = {
  O_COPILOT_RETRIES: '1',
  O_COPILOT_CONNECT_TIMEOUT: '5s',
  O_COPILOT_READ_TIMEOUT: '5s',
  O_COPILOT_DEADLINE: '20s',
};

describe.concurrent('fault matrix', () => {
  test.for(
    FAULTS.map(
      (fault) => [`${fault.format === 'json' ? 'C086 ' : ''}${fault.name} → ${fault.status}`, fault] as const,
    ),
  )('%s', async ([, fault]) => {
    const upstream = await startUpstream(fault.upstream);
    try {
      const source = `--source=${fault.source(upstream.url)}`;
      const args = ['usage', '--format', fault.format, source, ...fault.args];
      const run = await runMain(args, { env: { ...LIMITS, ...fault.env } });
      check(fault, run);
      for (const [path, hits] of Object.entries(fault.hits)) {
        expect(`${path}: ${upstream.hits(path)}`).toBe(`${path}: ${hits}`);
      }
    } finally {
      await upstream.close();
    }
  });
});

function check(fault: Fault, run: Outcome): void {
  expect(run).toMatchObject({ status: fault.status, stdout: fault.stdout });
  expect(run.milliseconds).toBeLessThan(fault.within);
  if (fault.status === 0) {
    expect(run.stderr).toBe('');
    return;
  }

  expect(run.stderr).toMatch(/^[^\n]{1,1400}\n$/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|DecimalError|\bat .*\.js:/);
  const message = fault.format === 'json' ? messageIn(run.stderr, fault.status) : run.stderr;
  for (const words of fault.says) expect(message).toContain(words);
}

/** With `--json` the failure is one JSON object, its status the process's own. */
function messageIn(stderr: string, status: number): string {
  const failure: { error: { message: string } } = JSON.parse(stderr);
  expect(failure).toMatchObject({ error: { exit_code: status, code: expect.any(String) } });
  return failure.error.message;
}

import { Command } from 'commander';
import type { Run } from '../host.js';
import { checkWords } from '../options/check-values.js';
import { addRatesOption } from '../options/rates-option.js';
import { addRunOptions } from '../options/run-options.js';
import { addServeOptions } from '../options/serve-options.js';
import { addSettingOptions } from '../options/setting-options.js';

/** `serve`: the same as an HTTP service. */
export function serveCommand(run: Run): Command {
  const command = new Command('serve').description(
    'answer over HTTP: /usage, /usage/ID, /summary, /health, /ready, /metrics, /openapi.json, and the page at /',
  );
  addServeOptions(command);
  addSettingOptions(command);
  addRatesOption(command);
  addRunOptions(command);
  return command.action(async () => {
    checkWords(command, run.host.argv);
    const flags = command.opts();
    if (typeof flags.hashToken === 'string') {
      const { hashToken } = await import('../hash-token.js');
      return hashToken(flags.hashToken, run);
    }
    if (flags.healthcheck === true) {
      const { checkHealth } = await import('../check-health.js');
      return checkHealth(flags, run);
    }
    const { runServe } = await import('../run-serve.js');
    return runServe(flags, run);
  });
}

import type { Command } from 'commander';
import { SERVICE_SETTINGS, type ServiceSettings } from '../../config/service-settings.js';
import { resolveAll } from '../../config/setting.js';
import type { Host } from '../host.js';
import { optionAdder } from './add-option.js';
import { addDeclared, type RawFlags, settingSources } from './setting-options.js';

const GROUP = 'Service:';

/** The flags of `serve` beside those of the settings and the run. */
export function addServeOptions(command: Command): Command {
  addDeclared(command, GROUP, SERVICE_SETTINGS);
  const add = optionAdder(command, GROUP);
  add('--insecure', 'listen beyond this machine without asking who is there');
  add('--open-metrics', 'show /metrics to everybody');
  add('--healthcheck', 'ask the service of --address-file whether it is alive, and end');
  add('--hash-token <name>', 'read a token from stdin, print its line for --tokens, and end');
  return command;
}

/** What `serve` is told, each value checked on its own. Times are milliseconds, sizes bytes. */
export interface ServeChoice extends ServiceSettings {
  readonly trustProxy: readonly string[];
  readonly corsOrigin: readonly string[];
  readonly insecure: boolean;
  readonly openMetrics: boolean;
}

/** @throws CommandLineError, SettingError, and what reading the `.env` file throws */
export async function serveChoiceFrom(flags: RawFlags, host: Host): Promise<ServeChoice> {
  const { values } = resolveAll(SERVICE_SETTINGS, await settingSources(flags, host));
  return {
    ...values,
    trustProxy: values.trustProxy ?? [],
    corsOrigin: values.corsOrigin ?? [],
    insecure: flags.insecure === true,
    openMetrics: flags.openMetrics === true,
  };
}

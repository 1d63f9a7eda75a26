import type { Command } from 'commander';
import { oneOf, type Parse, size } from '../../config/value.js';
import { DEFAULT_MAX_BODY } from '../../core/open-source.js';
import { DUPLICATE_RULES, type DuplicateRule } from '../../usage/pricing/priced-row.js';
import { optionAdder } from './add-option.js';
import { flagValue } from './check-values.js';
import type { RawFlags } from './setting-options.js';

const GROUP = 'Run:';

/** The flags of how a run behaves. */
export function addRunOptions(command: Command): Command {
  const add = optionAdder(command, GROUP);
  add(
    '--duplicates <rule>',
    `a message id that stands twice: ${DUPLICATE_RULES.join(', ')} (default error)`,
    DUPLICATE_RULES,
  );
  add('--max-body <size>', 'most bytes of the messages document, decompressed (default 4g)');
  add('--quiet', 'nothing on stderr but errors');
  add('--verbose', 'say on stderr what is retried and why');
  return command;
}

export interface RunChoice {
  readonly duplicates: DuplicateRule;
  /** Bytes. */
  readonly maxBody: number;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** @throws CommandLineError that names the flag */
export function runChoiceFrom(flags: RawFlags): RunChoice {
  const value = <Value>(flag: string, raw: unknown, parse: Parse<Value>, fallback: Value) =>
    typeof raw === 'string' ? flagValue(flag, raw, parse) : fallback;
  return {
    duplicates: value('--duplicates', flags.duplicates, oneOf(DUPLICATE_RULES), 'error'),
    maxBody: value('--max-body', flags.maxBody, size, DEFAULT_MAX_BODY),
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
  };
}

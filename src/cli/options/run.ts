import { Command } from '@commander-js/extra-typings';
import { oneOf, size } from '../../config/value.js';
import { DEFAULT_MAX_BODY } from '../../core/open-source.js';
import type { Ruleset } from '../../engine/index.js';
import { CommandLineError } from '../../errors.js';
import type { RateCard } from '../../rates/rate-card.js';
import { DUPLICATE_RULES, type DuplicateRule } from '../../usage/pricing/priced-row.js';
import { type OptionsOf, option, optionGroup, parsedOption } from './declare.js';

const RUN = 'Run:';
const CRON = 'Cron:';

const run = () =>
  new Command()
    .addOption(
      parsedOption(
        '--duplicates <rule>',
        `a message id that occurs twice: ${DUPLICATE_RULES.join(', ')} (default error)`,
        oneOf(DUPLICATE_RULES),
        { group: RUN, choices: DUPLICATE_RULES, shapes: 'given' },
      ),
    )
    .addOption(
      parsedOption(
        '--max-body <size>',
        'most bytes of the messages document, decompressed (default 4g)',
        size,
        { group: RUN },
      ),
    )
    .addOption(option('--quiet', 'nothing on stderr but errors', { group: RUN }))
    .addOption(option('--verbose', 'say on stderr what is retried and why', { group: RUN }));
export type RunOptions = OptionsOf<typeof run>;
/** How a run behaves. */
export const withRun = optionGroup<RunOptions>(() => run().options);

export interface RunChoice {
  readonly duplicates: DuplicateRule;
  /** Bytes. */
  readonly maxBody: number;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export function runChoice({ duplicates = 'error', maxBody, quiet, verbose }: RunOptions): RunChoice {
  return {
    duplicates,
    maxBody: maxBody ?? DEFAULT_MAX_BODY,
    quiet: quiet === true,
    verbose: verbose === true,
  };
}

const job = () =>
  new Command()
    .addOption(
      option('--lock <file>', 'end with 75 at once while another run holds this file', {
        group: CRON,
        file: 'write',
      }),
    )
    .addOption(
      option('--metrics <file>', 'write a Prometheus textfile, on failure too', {
        group: CRON,
        file: 'write',
      }),
    );
export type JobOptions = OptionsOf<typeof job>;
/** A job that runs with nobody watching. */
export const withJob = optionGroup<JobOptions>(() => job().options);

const receipt = () =>
  new Command().addOption(
    option('--receipt <file>', 'also write what the result is and was made from, for verify (JSON)', {
      group: 'Output:',
      file: 'write',
    }),
  );
export type ReceiptOptions = OptionsOf<typeof receipt>;
export const withReceiptOption = optionGroup<ReceiptOptions>(() => receipt().options);

const rates = () =>
  new Command().addOption(
    option(
      '--rates <file>',
      'price texts by the rates in this file, each message by those in force at its time',
      { group: 'Settings:', file: 'read' },
    ),
  );
export type RatesOptions = OptionsOf<typeof rates>;
/** A file of rates in place of the published ones. */
export const withRates = optionGroup<RatesOptions>(() => rates().options);

/** @throws CommandLineError; UnreadableError; SettingError for a file that is no rate card */
export async function openRates(
  { rates: file }: RatesOptions,
  rules: Ruleset,
): Promise<RateCard | undefined> {
  if (file === undefined) return undefined;
  if (rules !== 'published') {
    throw new CommandLineError(`--rates: is for the rules published, not ${rules}`);
  }
  const { openRateCard } = await import('../../rates/read-rate-card.js');
  return openRateCard(file);
}

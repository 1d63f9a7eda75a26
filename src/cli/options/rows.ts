import { Command } from '@commander-js/extra-typings';
import type { Instant } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { instantOf, SELECTION, selectRows, writtenTime } from '../../config/read-selection.js';
import { oneOf, size } from '../../config/value.js';
import { DEFAULT_MAX_BODY } from '../../core/open-source.js';
import type { Ruleset } from '../../engine/index.js';
import { CommandLineError } from '../../errors.js';
import type { RateCard } from '../../rates/rate-card.js';
import { DUPLICATE_RULES, type DuplicateRule, KINDS } from '../../usage/pricing/priced-row.js';
import { type RowQuery, SORT_FIELDS } from '../../usage/rows/row-query.js';
import { type OptionsOf, option, optionGroup, parsedOption } from './declare.js';

const ROWS = { group: 'Rows:', shapes: 'given' } as const;

const filters = () =>
  new Command()
    .addOption(parsedOption('--since <time>', 'from this date or RFC 3339 instant on', SELECTION.since, ROWS))
    .addOption(
      parsedOption('--until <time>', 'before this instant; a date includes that day', SELECTION.until, ROWS),
    )
    .addOption(parsedOption('--report <id|name>', 'messages of one report', SELECTION.report, ROWS))
    .addOption(
      parsedOption('--kind <kind>', `one kind of price: ${KINDS.join(', ')}`, SELECTION.kind, {
        ...ROWS,
        choices: KINDS,
      }),
    );
export type FilterOptions = OptionsOf<typeof filters>;
/** Rows by time, report and kind. */
export const withFilters = optionGroup<FilterOptions>(() => filters().options);

const pages = () =>
  new Command()
    .addOption(
      parsedOption('--sort <field>', `order by ${SORT_FIELDS.join(', ')}`, SELECTION.sort, {
        ...ROWS,
        choices: SORT_FIELDS,
      }),
    )
    .addOption(option('--desc', 'with --sort: largest first', ROWS))
    .addOption(parsedOption('--limit <rows>', 'this many rows at the most', SELECTION.limit, ROWS))
    .addOption(parsedOption('--offset <rows>', 'leave out this many rows first', SELECTION.offset, ROWS));
export type PageOptions = OptionsOf<typeof pages>;
/** The order of rows, and pages of them. */
export const withPages = optionGroup<PageOptions>(() => pages().options);

/** @throws CommandLineError that names the flag */
export function selectionOf(options: FilterOptions & PageOptions, zone: TimeZone): RowQuery {
  return selectRows(options, zone, {
    show: (name) => `--${name}`,
    refuse: (name, problem) => new CommandLineError(`--${name}: ${problem}`),
  });
}

const asOf = (group: string) => () =>
  new Command().addOption(
    parsedOption(
      '--as-of <time>',
      "when the period counts as open or closed: closed once its last message's month is over (default now)",
      writtenTime,
      { group, shapes: 'given' },
    ),
  );
export type AsOfOptions = OptionsOf<ReturnType<typeof asOf>>;
/** A time in place of the clock's, so that a result can be made again. */
export const withAsOf = (group: string) => optionGroup<AsOfOptions>(() => asOf(group)().options);

const priced = (group: string) => () =>
  new Command().addOption(
    option('--from-priced [files...]', 'sum up what price wrote, from files or stdin, instead of a source', {
      group,
      file: 'read',
      summed: true,
    }).preset('-'),
  );
export type PricedOptions = OptionsOf<ReturnType<typeof priced>>;
/** Rows that were priced already. */
export const withPriced = (group: string) => optionGroup<PricedOptions>(() => priced(group)().options);

/** What `--as-of` says; undefined where it was not given. */
export function asOfIn(zone: TimeZone, { asOf: time }: AsOfOptions): Instant | undefined {
  return time === undefined ? undefined : instantOf(time, zone);
}

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

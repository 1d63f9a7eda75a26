import { Command } from '@commander-js/extra-typings';
import type { Instant } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import { instantOf, SELECTION, selectRows, writtenTime } from '../../config/read-selection.js';
import { oneOf, size } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { DUPLICATE_RULES, KINDS } from '../../usage/pricing/priced-row.js';
import { type RowQuery, SORT_FIELDS } from '../../usage/rows/row-query.js';
import { type OptionsOf, option, parsedOption } from './declare.js';

const ROWS = { group: 'Rows:', shapes: 'given' } as const;

/** Rows by time, report and kind. */
export const filterOptions = () =>
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
export type FilterOptions = OptionsOf<typeof filterOptions>;

/** The order of rows, and pages of them. */
export const pageOptions = () =>
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
export type PageOptions = OptionsOf<typeof pageOptions>;

/** @throws CommandLineError that names the flag */
export function selectionOf(options: FilterOptions & PageOptions, zone: TimeZone): RowQuery {
  return selectRows(options, zone, {
    show: (name) => `--${name}`,
    refuse: (name, problem) => new CommandLineError(`--${name}: ${problem}`),
  });
}

/** A time in place of the clock's, so that a result can be made again. */
export const asOfOption = (group: string) => () =>
  new Command().addOption(
    parsedOption(
      '--as-of <time>',
      "when the period counts as open or closed: closed once its last message's month is over (default now)",
      writtenTime,
      { group, shapes: 'given' },
    ),
  );
export type AsOfOptions = OptionsOf<ReturnType<typeof asOfOption>>;

/** What `--as-of` says; undefined where it was not given. */
export function asOfIn(zone: TimeZone, { asOf: time }: AsOfOptions): Instant | undefined {
  return time === undefined ? undefined : instantOf(time, zone);
}

/** Rows that were priced already. */
export const pricedOption = (group: string) => () =>
  new Command().addOption(
    option('--from-priced [files...]', 'sum up what price wrote, from files or stdin, instead of a source', {
      group,
      file: 'read',
      summed: true,
    }).preset('-'),
  );
export type PricedOptions = OptionsOf<ReturnType<typeof pricedOption>>;

const RUN = 'Run:';

/** How a run behaves. */
export const runOptions = () =>
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
export type RunOptions = OptionsOf<typeof runOptions>;

const CRON = { group: 'Cron:', file: 'write' } as const;

/** A job that runs with nobody watching. */
export const jobOptions = () =>
  new Command()
    .addOption(option('--lock <file>', 'end with 75 at once while another run holds this file', CRON))
    .addOption(option('--metrics <file>', 'write a Prometheus textfile, on failure too', CRON));
export type JobOptions = OptionsOf<typeof jobOptions>;

export const receiptOption = () =>
  new Command().addOption(
    option('--receipt <file>', 'also write what the result is and was made from, for verify (JSON)', {
      group: 'Output:',
      file: 'write',
    }),
  );
export type ReceiptOptions = OptionsOf<typeof receiptOption>;

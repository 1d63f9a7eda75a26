import type { Instant } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import {
  instantOf,
  SELECTION,
  selectRows,
  type WrittenTime,
  writtenTime,
} from '../../config/read-selection.js';
import { oneOf, size } from '../../config/value.js';
import { CommandLineError } from '../../errors.js';
import { DUPLICATE_RULES, KINDS } from '../../usage/pricing/priced-row.js';
import { type RowQuery, SORT_FIELDS } from '../../usage/rows/row-query.js';
import { option, type ValuesOf } from './declare.js';
import { ratesOption, settingOptions } from './settings.js';

const ROWS = { group: 'Rows:', shapes: 'given' } as const;

/** Rows by time, report and kind. */
export const filterOptions = () => [
  option('--since <time>', 'from this date or RFC 3339 instant on', ROWS, SELECTION.since),
  option('--until <time>', 'before this instant; a date includes that day', ROWS, SELECTION.until),
  option('--report <id|name>', 'messages of one report', ROWS, SELECTION.report),
  option('--kind <kind>', `one kind of price: ${KINDS.join(', ')}`, ROWS, SELECTION.kind),
];
export type FilterOptions = ValuesOf<typeof filterOptions>;

/** The order of rows, and pages of them. */
export const pageOptions = () => [
  option('--sort <field>', `order by ${SORT_FIELDS.join(', ')}`, ROWS, SELECTION.sort),
  option('--desc', 'with --sort: largest first', ROWS),
  option('--limit <rows>', 'this many rows at the most', ROWS, SELECTION.limit),
  option('--offset <rows>', 'leave out this many rows first', ROWS, SELECTION.offset),
];
export type PageOptions = Partial<ValuesOf<typeof pageOptions>>;

export function selectionOf(options: FilterOptions & PageOptions, zone: TimeZone): RowQuery {
  return selectRows(options, zone, {
    show: (name) => `--${name}`,
    refuse: (name, problem) => new CommandLineError(`--${name}: ${problem}`),
  });
}

/** A time in place of the clock's, so that a result can be made again. */
export const asOfOption = (group: string) =>
  option(
    '--as-of <time>',
    "when the period counts as open or closed: closed once its last message's month is over (default now)",
    { group, shapes: 'given' },
    writtenTime,
  );
export interface AsOfOptions {
  readonly asOf?: WrittenTime | undefined;
}

/** What `--as-of` says; undefined where it was not given. */
export function asOfIn(zone: TimeZone, { asOf: time }: AsOfOptions): Instant | undefined {
  return time === undefined ? undefined : instantOf(time, zone);
}

/** Rows that were priced already. */
export const pricedOption = (group: string) => {
  const traits = { group, file: 'read', summed: true } as const;
  const what = 'sum up what price wrote, from files or stdin, instead of a source';
  const made = option('--from-priced [files...]', what, traits);
  made.preset('-');
  return made;
};
export interface PricedOptions {
  readonly fromPriced?: string | readonly string[] | undefined;
}

const RUN = { group: 'Run:' };

/** How a run behaves. */
export const runOptions = () => [
  option(
    '--duplicates <rule>',
    `a message id that occurs twice: ${DUPLICATE_RULES.join(', ')} (default error)`,
    { ...RUN, shapes: 'given' },
    oneOf(DUPLICATE_RULES),
  ),
  option('--max-body <size>', 'most bytes of the messages document, decompressed (default 4g)', RUN, size),
  option('--quiet', 'nothing on stderr but errors', RUN),
  option('--verbose', 'say on stderr what is retried and why', RUN),
];

/** What a bill is computed by, and how its run behaves. */
export const billOptions = () => [...settingOptions(), ratesOption(), ...runOptions()];
export type BillOptions = ValuesOf<typeof billOptions>;

const CRON = { group: 'Cron:', file: 'write' } as const;

/** A job that runs with nobody watching. */
export const jobOptions = () => [
  option('--lock <file>', 'end with 75 at once while another run holds this file', CRON),
  option('--metrics <file>', 'write a Prometheus textfile, on failure too', CRON),
];
export type JobOptions = ValuesOf<typeof jobOptions>;

export const receiptOption = () =>
  option('--receipt <file>', 'also write what the result is and was made from, for verify (JSON)', {
    group: 'Output:',
    file: 'write',
  });
export interface ReceiptOptions {
  readonly receipt?: string | undefined;
}

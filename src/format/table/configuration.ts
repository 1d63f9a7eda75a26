import { Decimal } from 'decimal.js';
import { formatAmount, type Rates } from '../../engine/index.js';
import { RULES, RULES_OF } from '../../engine/rules.js';
import { formatCost } from '../../rates/money.js';
import type { DatedRates, RateCard } from '../../rates/rate-card.js';
import type { DataTables } from '../../receipt/flags.js';
import { documentJson, lines } from '../documents/json.js';
import { visible } from '../text.js';
import { type Column, cellsIn, drawCells, drawTable, fitColumns } from './draw.js';
import { drawFacts, paragraph, type Terminal } from './lines.js';

/** Rates for people, in the order in which they apply. */
export function* ratesTable(
  { name, currency }: Pick<RateCard, 'name' | 'currency'>,
  { written, validFrom, rates, creditPrice }: DatedRates,
  next: DatedRates | undefined,
  tables: DataTables,
  terminal: Terminal,
): Generator<string> {
  yield* drawFacts(
    [
      ['Rates', visible(name)],
      ['From', Number.isFinite(validFrom) ? visible(written) : 'the beginning'],
      ['Until', next === undefined ? 'the end' : visible(next.written)],
      ['Unicode', tables.unicode],
      ['Time zones', tables.tz],
      ...(creditPrice ? [['Price', `${formatCost(creditPrice)} ${currency} a credit`] as const] : []),
    ],
    terminal,
  );
  yield '\n';
  const columns: Column<readonly [label: string, amount: string]>[] = [
    { title: 'Rate', cell: ([label]) => label, wraps: true },
    { title: 'Credits', cell: ([, amount]) => amount, holds: 'credits' },
  ];
  yield* drawCells(rateRows(rates).map(cellsIn(columns)), columns, terminal);
  const factor = new Decimal(rates.palindromeFactor).toFixed();
  const rest = `Where no word appears twice, never below ${formatAmount(rates.minimum)}; a palindrome costs ${factor} times as much.`;
  yield* paragraph(rest, 1, terminal.width);
}

function rateRows(rates: Rates): [label: string, amount: string][] {
  return RULES_OF.published.flatMap((name): [string, string][] => {
    const rule = RULES[name];
    if (rule.kind !== 'unit') return [];
    const label = 'rateLabel' in rule ? rule.rateLabel : rule.label(rates.thresholds);
    const sign = 'takenOff' in rule ? '-' : '';
    return [[label, `${sign}${formatAmount(rates[rule.rate.name])}`]];
  });
}

/** A setting as it is shown to people: nothing secret is in it. */
interface ShownSetting {
  readonly name: string;
  /** As it was written; undefined where nothing was set and there is no default. */
  readonly value: string | undefined;
  readonly origin: string;
  /** Undefined for a secret. */
  readonly flag: string | undefined;
  readonly variable: string;
  /** Whether only `serve` reads it. */
  readonly service: boolean;
}

/** `{"settings":[…]}`, one setting a line; values are text as a person writes them, or null. */
export function settingsJson(settings: readonly ShownSetting[]): string {
  const members = settings.map(({ name, value = null, origin, flag = null, variable, service }) => ({
    name,
    value,
    origin,
    flag,
    variable,
    service,
  }));
  return documentJson({ settings: lines(members) });
}

/** The settings of every command, then those that only `serve` reads. Nothing is shortened: values are copied. */
export function* settingsTable(
  settings: readonly ShownSetting[],
  { chalk, width }: Terminal,
): Generator<string> {
  const columns: Column<ShownSetting>[] = [
    { title: 'Setting', cell: ({ name }) => name },
    { title: 'Value', cell: ({ value = '–' }) => visible(value) },
    {
      title: 'Set by',
      cell: ({ origin }) => (origin === 'default' ? chalk.dim(origin) : visible(origin)),
    },
  ];
  const cellsOf = cellsIn(columns);
  const drawn = fitColumns(settings.map(cellsOf), columns, undefined, width);
  const part = (service: boolean) => {
    const rows = settings.filter((setting) => setting.service === service).map(cellsOf);
    return drawTable(rows, drawn, chalk, undefined, width);
  };
  yield* part(false);
  yield '\n';
  yield* paragraph('serve alone reads these too:', 1, width);
  yield '\n';
  yield* part(true);
}

import type { Instant } from '../../calendar/instant.js';
import { CommandLineError } from '../../errors.js';
import { type SummaryFacts, summaryFacts } from '../../format/documents/summary.js';
import { declarationOf, FORMATS, type SummaryFormat } from '../../format/formats.js';
import {
  CONTRACT_FIELDS,
  type Field,
  fieldsOf,
  needsPrice,
  type Piece,
  type Renderer,
  writeRows,
} from '../../format/rows.js';
import type { Writer } from '../../output/writer.js';
import type { Totals } from '../../usage/pricing/sums.js';
import { narrows } from '../../usage/rows/row-query.js';
import type { Grouping } from '../../usage/summary/groups.js';
import { createSummary, dayBounds, type Summary } from '../../usage/summary/summary.js';
import type { ResultChoice, RowsChoice } from '../options/output.js';
import type { Context, Host } from '../process/host.js';
import { limitOf, outlookOf } from './budget.js';
import { openTerminal, widthOf } from './deliver.js';
import type { Period } from './period.js';

/** Columns of a terminal that has room for the kind of each row. */
const WIDE = 100;

/**
 * Writes the rows of a period.
 *
 * @param asOf what a page takes for now
 * @returns the sums, or undefined when nobody reads any more
 */
export async function writeUsage(
  period: Period,
  output: RowsChoice,
  asOf: Instant,
  writer: Writer,
  { host, signal }: Context,
): Promise<Totals | undefined> {
  const newRenderer = await chooseRenderer(output, period, host, asOf);
  return period.read(async (batches) => {
    await writer.restart();
    return writeRows(batches, newRenderer(), writer, signal, period.prices);
  });
}

/**
 * The fields that are named, else those of the contract, in some formats the cost, and in a table on a wide terminal the
 * kind.
 *
 * @throws CommandLineError for a field that needs a price where there is none
 */
function fieldsFor(choice: RowsChoice, { zone, prices }: Period, host: Host): Field[] {
  const { format, fields } = choice;
  const priced = prices === undefined ? [] : (declarationOf(format).priced ?? []);
  const unpriced = prices === undefined ? fields?.find(needsPrice) : undefined;
  if (unpriced !== undefined) {
    throw new CommandLineError(
      `--fields: ${unpriced} needs the price of a credit: --credit-price and --currency (O_COPILOT_CREDIT_PRICE, O_COPILOT_CURRENCY), or a --rates file with prices`,
    );
  }
  const wide = format === 'table' && (widthOf(choice, host) ?? 0) >= WIDE;
  const usual = CONTRACT_FIELDS.flatMap((name) =>
    wide && name === 'credits_used' ? (['kind', name] as const) : [name],
  );
  return fieldsOf(fields ?? [...usual, ...priced], zone, prices);
}

/** A fresh renderer for each reading of the document. */
async function chooseRenderer(
  choice: RowsChoice,
  period: Period,
  host: Host,
  asOf: Instant,
): Promise<() => Renderer> {
  const { zone, outOf, settings, sourceName: source, selection, card, prices } = period;
  return declarationOf(choice.format).rows({
    ...choice,
    fields: fieldsFor(choice, period, host),
    zone,
    prices,
    outOf,
    terminal: () => openTerminal(choice, host),
    subject: {
      source,
      period: settings.period,
      rules: settings.rules,
      card,
      prices,
      limit: limitOf(period),
      bounds: dayBounds(selection),
      filtered: narrows(selection),
      withText: choice.withText,
      readsTexts: true,
    },
    asOf,
  });
}

/** How a summary is made and written. */
export interface SummaryChoice {
  readonly by: readonly [Grouping, Grouping?];
  readonly output: ResultChoice<SummaryFormat>;
  /** Of `--as-of`. */
  readonly asOf: Instant | undefined;
  /** Milliseconds since 1970 UTC, where `--as-of` does not say. */
  readonly now: number;
}

/** Sums up the rows of a period and writes the sums, which it returns. */
export async function writeSummary(
  period: Period,
  { by, output, asOf, now }: SummaryChoice,
  writer: Writer,
  context: Context,
): Promise<Summary> {
  const limit = limitOf(period);
  const summary = await period.read(async (batches) => {
    const sums = createSummary(by, period.zone, period.prices);
    for await (const items of batches) {
      context.signal.throwIfAborted();
      sums.add(items);
    }
    return sums.value(dayBounds(period.selection));
  });
  const { sourceName, settings, zone, outOf } = period;
  const facts = summaryFacts(
    summary,
    { source: sourceName, period: settings.period, rules: settings.rules, zone, outOf: outOf() },
    asOf,
    now,
  );
  const outlook = facts.state === 'open' ? outlookOf(summary, limit, period, asOf ?? now) : undefined;
  for (const piece of await renderSummary(summary, { ...facts, outlook }, output, context))
    await writer.write(piece);
  return summary;
}

/** The pieces of a summary in a format. */
export function renderSummary(
  summary: Summary,
  facts: SummaryFacts,
  output: ResultChoice<SummaryFormat>,
  { host }: Context,
): Promise<Iterable<Piece>> {
  const options = { ...output, terminal: () => openTerminal(output, host) };
  return FORMATS[output.format].summary(summary, facts, options);
}

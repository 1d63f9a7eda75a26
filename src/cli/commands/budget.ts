import { stat } from 'node:fs/promises';
import { Command } from '@commander-js/extra-typings';
import { dayText } from '../../calendar/days.js';
import { budget as limitText } from '../../config/settings.js';
import { oneOf, parsedBy } from '../../config/value.js';
import { compareAmounts, formatAmount, parseAmount, ZERO } from '../../engine/index.js';
import { CommandLineError, DataError } from '../../errors.js';
import { type BudgetFacts, budgetJson } from '../../format/documents/summary.js';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import { jsonString } from '../../format/text.js';
import { readDocument } from '../../json/object-reader.js';
import { hasCode } from '../../os-error.js';
import { fileWriter } from '../../output/file.js';
import { acquireLock, lockFileOf } from '../../output/lock.js';
import { readWholeFile } from '../../source/file.js';
import {
  type Budget,
  budgetOf,
  CROSSINGS,
  type Crossing,
  statusOf,
  usageOf,
} from '../../usage/forecast/budget.js';
import {
  argument,
  flagValue,
  type OptionsOf,
  option,
  shapingFlags,
  withOptions,
} from '../options/declare.js';
import { resultChoice, resultOptions } from '../options/output.js';
import {
  asOfIn,
  asOfOption,
  billOptions,
  filterOptions,
  jobOptions,
  pricedOption,
} from '../options/period.js';
import { factsOf, limitOf, metricsOf, sumUp } from '../run/budget.js';
import { deliverDocument } from '../run/deliver.js';
import { guardJob } from '../run/job.js';
import { usingPeriod } from '../run/period.js';
import { openEither } from '../run/priced.js';
import { type CommandContext, defineCommand } from './define.js';

const GROUP = 'Budget:';

const declareBudget = () =>
  withOptions(
    new Command('budget')
      .description('what is used and left of a limit, and the projected end of the period; exits 1 when over')
      .addArgument(
        argument('[amount]', 'the limit: 2500, "2500 credits" or "50 GBP"; without it O_COPILOT_BUDGET', {}),
      ),
    [
      option(
        '--warn <percent>',
        'warn from this share of the limit on, such as 80%',
        { group: GROUP },
        percent,
      ),
      option(
        '--fail-on <what>',
        'exit with 1 when what is used is over the limit, or the forecast too (default used)',
        { group: GROUP },
        oneOf(['used', 'forecast']),
      ),
      option(
        '--once <file>',
        'print nothing unless a warning, forecast or limit is crossed for the first time',
        { group: GROUP, file: 'write', locked: true },
      ),
      asOfOption(GROUP),
      pricedOption(GROUP),
      ...filterOptions(),
      ...resultOptions(DOCUMENT_FORMATS, 'the {"budget":{…}} document'),
      ...billOptions(),
      ...jobOptions(),
    ],
  );

const percent = parsedBy((text) => {
  const amount = parseAmount(text.replace(/ ?%$/, '')) ?? ZERO;
  return compareAmounts(amount, ZERO) > 0 && compareAmounts(amount, HUNDRED) <= 0 ? amount : undefined;
}, 'percent of the limit, above 0 and up to 100, such as 80%');

const HUNDRED = parseAmount('100') ?? ZERO;

type BudgetOptions = OptionsOf<typeof declareBudget>;

export const make = defineCommand({
  purpose: 'See what was used:',
  examples: [
    ['o-copilot budget 2500', 'what is used and left of 2,500 credits, and the projected end of the period'],
    ['o-copilot budget "50 GBP" --credit-price 0.02 --currency GBP', 'the same in money'],
    [
      'o-copilot budget 2500 --warn 80% --once /var/lib/billing/budget.json',
      'from cron: mail once a crossing',
    ],
    [
      'o-copilot budget 2500 --fail-on forecast --json',
      'for scripts: exits 1 when it is projected to be over',
    ],
  ],

  declare: declareBudget,
  readsSource: ({ fromPriced }) => fromPriced === undefined,
  run: runBudget,
});

function runBudget(given: BudgetOptions, context: CommandContext, amount: string | undefined): Promise<void> {
  return guardJob(given, context, async (record) => {
    const now = Date.now();
    const options = withLimit(given, amount);
    const output = resultChoice(options, DOCUMENT_FORMATS);
    const once = options.once === undefined ? undefined : await openOnce(options.once, context.signal);
    try {
      const opening = openEither(options, context, { textsUnread: true });
      await usingPeriod(opening, async (period) => {
        record.period = period;
        const limit = limitOf(period);
        if (limit === undefined) {
          throw new CommandLineError('budget needs a limit: 2500, "50 GBP", or O_COPILOT_BUDGET');
        }
        const asOf = asOfIn(period.zone, options);
        const sums = await period.read((batches) => sumUp(batches, period, asOf));
        record.totals = sums.totals;
        const usage = usageOf(sums.reports, limit.unit, period, asOf ?? now);
        const budget = budgetOf(usage, limit.amount, options.warn);
        record.metrics = metricsOf(budget, limit.unit);
        const failsOn = options.failOn === 'forecast' ? ['over', 'forecast'] : ['over'];
        if (failsOn.includes(statusOf(budget))) record.exitCode = 1;
        // A closed period is the same whenever it is looked at, so the clock is not in it.
        const shown = asOf ?? (usage.state === 'open' ? now : undefined);
        const facts = factsOf(sums, usage, limit, period, shown);
        const subject = subjectOf(budget, facts, context);
        const crossed = once?.newOf(subject, budget.crossings);
        if (crossed?.length === 0) return;
        await deliverDocument(output, context, () => budget, {
          json: () => budgetJson(budget, facts),
          async table() {
            const { budgetTable } = await import('../../format/table/summary-table.js');
            return (_, terminal) => budgetTable(budget, facts, terminal);
          },
        });
        if (crossed !== undefined) await once?.report(subject, crossed);
      });
    } finally {
      await once?.close();
    }
  });
}

/** The argument in place of the setting. */
function withLimit(options: BudgetOptions, amount: string | undefined): BudgetOptions {
  if (amount === undefined) return options;
  if (options.budget !== undefined)
    throw new CommandLineError('give the limit once: as AMOUNT or with --budget');
  flagValue('AMOUNT', amount, limitText);
  return { ...options, budget: amount };
}

/** What `--once` takes for one budget in one period. */
function subjectOf(
  { usage, limit, warnAt }: Budget,
  { source, period, unit }: BudgetFacts,
  { command }: CommandContext,
): string {
  const { 'as-of': _, ...flags } = shapingFlags(command);
  const warning = warnAt === undefined ? '' : ` and a warning at ${formatAmount(warnAt)}`;
  return `${formatAmount(limit)} ${unit}${warning} from ${dayText(usage.firstDay)} to ${dayText(usage.lastDay)} of ${period} from ${source} ${JSON.stringify(flags)}`;
}

const FORMAT = 'o-copilot-budget/1';

/**
 * Opens the file of `--once`, under a lock of its own until it is closed: of two runs at once only one reports.
 *
 * @throws LockedError; CannotCreateError; UnreadableError; DataError for a file that holds anything else
 */
async function openOnce(path: string, signal: AbortSignal) {
  const lock = await acquireLock(lockFileOf(path));
  try {
    const reported = await readReported(path, signal);
    // Found out before any request that it cannot be written.
    const writer = await fileWriter(path);
    const earlier = (budget: string) => (reported?.budget === budget ? reported.crossings : []);
    return {
      /** Those of `crossings` that were not reported yet. */
      newOf: (budget: string, crossings: readonly Crossing[]) =>
        crossings.filter((each) => !earlier(budget).includes(each)),
      async report(budget: string, crossings: readonly Crossing[]) {
        const all = CROSSINGS.filter((each) => crossings.includes(each) || earlier(budget).includes(each));
        await writer.write(`${jsonString({ format: FORMAT, budget, crossings: all })}\n`);
        await writer.commit();
      },
      async close() {
        await writer.abandon();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The budget, to the letter, and those of its crossings that were reported; undefined where none was. */
async function readReported(path: string, signal: AbortSignal) {
  const isMissing = await stat(path).then(
    () => false,
    (error: unknown) => hasCode(error, 'ENOENT'),
  );
  if (isMissing) return undefined;
  const json = (await readWholeFile(path, signal)).toString();
  if (json.trim() === '') return undefined;
  try {
    const document = readDocument(json, path);
    document.choice('format', [FORMAT]);
    const names = document.texts('crossings');
    return { budget: document.text('budget'), crossings: CROSSINGS.filter((each) => names.includes(each)) };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(path, `is no file of --once (${error.problem}); remove it, or name another`);
  }
}

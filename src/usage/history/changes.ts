import type { Decimal } from 'decimal.js';
import { ExactDecimal } from '../../engine/amount.js';
import { type Amount, compareAmounts, subtractAmounts, toDecimal, ZERO } from '../../engine/index.js';
import { type Cost, NO_COST, subtractCosts } from '../../rates/money.js';
import type { Sum } from '../pricing/sums.js';

/** What one sum has more than another; negative where it has less. */
export interface Change {
  readonly messages: number;
  readonly credits: Amount;
  /** Undefined where one of them has no cost. */
  readonly cost: Cost | undefined;
  /** In per cent of the first, with two decimals; undefined of nothing. */
  readonly percent: {
    readonly messages: string | undefined;
    readonly credits: string | undefined;
    readonly cost: string | undefined;
  };
  readonly isNone: boolean;
}

export function changeOf(before: Sum, now: Sum): Change {
  const messages = now.messages - before.messages;
  const credits = subtractAmounts(now.credits, before.credits);
  const cost = now.cost && before.cost && subtractCosts(now.cost, before.cost);
  return {
    messages,
    credits,
    cost,
    percent: {
      messages: percentOf(new ExactDecimal(messages), new ExactDecimal(before.messages)),
      credits: percentOf(toDecimal(credits), toDecimal(before.credits)),
      cost: cost && before.cost && percentOf(cost, before.cost),
    },
    isNone: messages === 0 && compareAmounts(credits, ZERO) === 0 && (cost ?? NO_COST).isZero(),
  };
}

function percentOf(part: Decimal, whole: Decimal): string | undefined {
  if (whole.isZero()) return undefined;
  // Adding 0 makes a negative zero an ordinary one.
  return part.times(100).div(whole).toDecimalPlaces(2, ExactDecimal.ROUND_HALF_UP).plus(0).toFixed(2);
}

/** The sums of one report in two periods. */
export interface Mover {
  /** Undefined: messages that their texts priced. */
  readonly reportName: string | undefined;
  readonly before: Sum;
  readonly now: Sum;
  readonly change: Change;
}

/** The reports whose credits changed most, the largest change first. */
export interface Movers {
  readonly increases: readonly Mover[];
  readonly decreases: readonly Mover[];
}

/** Movers of each kind. */
const MOST_MOVERS = 5;

const NOTHING: Sum = { messages: 0, credits: ZERO };

export function moversOf(
  before: ReadonlyMap<string | undefined, Sum>,
  now: ReadonlyMap<string | undefined, Sum>,
): Movers {
  const hasCost = [...before.values(), ...now.values()].some(({ cost }) => cost !== undefined);
  const nothing: Sum = hasCost ? { ...NOTHING, cost: NO_COST } : NOTHING;
  const movers = [...new Set([...before.keys(), ...now.keys()])].map((reportName): Mover => {
    const [then, after] = [before.get(reportName) ?? nothing, now.get(reportName) ?? nothing];
    return { reportName, before: then, now: after, change: changeOf(then, after) };
  });
  // Equal changes in the order of the names, whatever the order of the messages.
  const byName = (a: Mover, b: Mover) => ((a.reportName ?? '') < (b.reportName ?? '') ? -1 : 1);
  const rising = movers.sort((a, b) => compareAmounts(b.change.credits, a.change.credits) || byName(a, b));
  const changed = rising.filter(({ change }) => compareAmounts(change.credits, ZERO) !== 0);
  const increases = changed.filter(({ change }) => compareAmounts(change.credits, ZERO) > 0);
  const decreases = changed
    .filter(({ change }) => compareAmounts(change.credits, ZERO) < 0)
    .sort((a, b) => compareAmounts(a.change.credits, b.change.credits) || byName(a, b));
  return { increases: increases.slice(0, MOST_MOVERS), decreases: decreases.slice(0, MOST_MOVERS) };
}

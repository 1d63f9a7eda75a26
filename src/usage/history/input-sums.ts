import { periodOf } from '../../calendar/days.js';
import { compareInstants, type Instant, latest } from '../../calendar/instant.js';
import type { TimeZone } from '../../calendar/time-zone.js';
import type { Amount } from '../../engine/index.js';
import { type Cost, type CreditPrice, NO_COST } from '../../rates/money.js';
import { addSums, createSums } from '../pricing/sums.js';

/** One message as a history sees it. */
export interface HistoryRow {
  readonly instant: Instant;
  /** The report that priced it; undefined where its text did. */
  readonly reportName: string | undefined;
  readonly credits: Amount;
  /** What a credit costs, where the cost is not known and there is a price. */
  readonly price?: CreditPrice | undefined;
  readonly cost?: Cost | undefined;
}

/** What the messages of an export or a snapshot add up to. */
export type InputSums = ReturnType<ReturnType<typeof sumInput>['value']>;

/**
 * Adds up messages as they pass: memory grows with the reports, not with the messages.
 *
 * @param priced whether the messages have a cost
 * @param until leaves out later messages
 */
export function sumInput(zone: TimeZone, priced: boolean, until: Instant = Number.POSITIVE_INFINITY) {
  const none = priced ? NO_COST : undefined;
  const byReport = createSums<string | undefined>(none);
  const months = new Map<number, number>();
  let last: Instant | undefined;

  return {
    add({ instant, reportName, credits, price, cost }: HistoryRow): void {
      if (compareInstants(instant, until) > 0) return;
      const sum = byReport.of(reportName);
      if (cost === undefined) sum.add(credits, 1, price);
      else sum.addSum({ messages: 1, credits, cost });
      const month = periodOf('month', zone.dayOf(instant));
      months.set(month, (months.get(month) ?? 0) + 1);
      last = latest(last, instant);
    },

    value() {
      const [most] = [...months].sort(([a, left], [b, right]) => right - left || a - b);
      const sums = byReport.values();
      const total = addSums(sums.values(), none);
      return {
        total,
        /** By the name of the report; undefined: priced by their texts. */
        byReport: sums,
        /** The month in which most messages were sent, as `periodOf` counts; undefined without a message. */
        month: most?.[0],
        /** Messages of other months. */
        elsewhere: total.messages - (most?.[1] ?? 0),
        last,
      };
    },
  };
}

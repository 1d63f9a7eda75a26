import { createDayTexts } from '../calendar/days.js';
import { compareInstants, type Instant, instantOf, secondText } from '../calendar/instant.js';
import type { TimeZone } from '../calendar/time-zone.js';
import { periodState } from '../calendar/time-zone.js';
import { formatAmount } from '../engine/index.js';
import { kindOf, type UsageItem } from '../usage/pricing/priced-row.js';
import { htmlRenderer, type PageMeta, type PageRow } from './html.js';
import type { PageShell } from './page-shell.js';
import type { Renderer } from './renderer.js';

/** The earliest and the latest message of a page, exactly as upstream wrote their times. */
export interface Extent {
  readonly from: string;
  readonly to: string;
  /** Of `to`. */
  readonly lastInstant: Instant;
}

/** What a page says of the bill beside its rows and sums. */
export type PageFacts = Omit<PageMeta, 'from' | 'to' | 'total' | 'count'>;

/**
 * The page that `report` writes.
 *
 * @param facts asked for once every row is known
 */
export function pageRenderer(
  shell: PageShell,
  zone: TimeZone,
  facts: (extent: Extent | undefined) => PageFacts,
): Renderer {
  const page = htmlRenderer(shell);
  const dayTextOf = createDayTexts();
  let first: Instant = Number.POSITIVE_INFINITY;
  let last: Instant = Number.NEGATIVE_INFINITY;
  let from = '';
  let to = '';

  function rowOf(item: UsageItem): PageRow {
    const { id, timestamp } = item.message;
    const instant = instantOf(timestamp);
    if (compareInstants(instant, first) < 0) [first, from] = [instant, timestamp];
    if (compareInstants(instant, last) > 0) [last, to] = [instant, timestamp];
    return {
      messageId: `${id}`,
      timestamp,
      ...(item.report !== undefined && { reportName: item.report.name }),
      kind: kindOf(item),
      credits: formatAmount(item.credits),
      day: dayTextOf(zone.dayOf(instant)),
    };
  }

  return {
    head: () => page.head(),
    rows: (items) => page.rows(items.map(rowOf)),
    tail({ count, credits }) {
      const extent = count === 0 ? undefined : { from, to, lastInstant: last };
      return [
        page.tail({
          ...facts(extent),
          ...(extent !== undefined && { from, to }),
          total: formatAmount(credits),
          count,
        }),
      ];
    },
  };
}

/** What a page says of the period. */
export function pageFacts(
  about: Pick<PageFacts, 'source' | 'period' | 'rules' | 'filtered'>,
  extent: Extent | undefined,
  zone: TimeZone,
  asOf: Instant,
): PageFacts {
  return {
    ...about,
    timezone: zone.name,
    asOf: secondText(asOf),
    state: periodState(extent?.lastInstant, zone, asOf),
  };
}

import { compareInstants, type Instant, instantOf, secondText } from '../../calendar/instant.js';
import { periodState, type TimeZone } from '../../calendar/time-zone.js';
import { countText, formatAmount, type Ruleset } from '../../engine/index.js';
import { ratesFor } from '../../engine/rates.js';
import { costTexts, formatCost, minorUnits, NO_COST } from '../../rates/money.js';
import { type RateCard, ratesAt } from '../../rates/rate-card.js';
import { kindOf, type UsageItem } from '../../usage/pricing/priced-row.js';
import { groupThousands } from '../amounts.js';
import type { Renderer } from '../rows.js';
import { escapeHtml, visible } from '../text.js';
import { COLUMN_TEXTS, columnsOf, encodeRows, type PageRow } from './bill-data.js';
import { createOutlook, type OutlookOptions } from './outlook.js';
import { encodeRates, type PageMeta } from './page-meta.js';

/** The page without a bill, built from src/page. */
export interface PageShell {
  /** Up to where the data goes. */
  readonly head: string;
  /** From there on: the script that reads the data, and the end. */
  readonly tail: string;
  /** The page's Content-Security-Policy, for whoever sends it as a header too. */
  readonly policy: string;
}

/** Loads the page, some 60 kB, only when one is written. */
export async function loadPageShell(): Promise<PageShell> {
  const { shell } = await import('./shell.generated.js');
  return shell;
}

/** What a page is about. */
export interface PageSubject extends Pick<PageMeta, 'source' | 'period' | 'filtered'>, OutlookOptions {
  readonly rules: Ruleset;
  /** Of `--rates`. */
  readonly card: RateCard | undefined;
  /** Of `--with-text`. */
  readonly withText: boolean;
  /** Whether the rows' texts can be read, which explanations are made from. */
  readonly readsTexts: boolean;
}

/**
 * The page that `report` writes.
 *
 * @param now called once every row is known
 */
export function pageRenderer(
  shell: PageShell,
  zone: TimeZone,
  { card, prices, limit, bounds, withText, readsTexts, ...subject }: PageSubject,
  now: () => Instant,
): Renderer {
  const page = htmlRenderer(shell);
  const outlook = createOutlook(zone, { prices, limit, bounds });
  const costOf = prices && costTexts(prices);
  let first: Instant = Number.POSITIVE_INFINITY;
  let last: Instant | undefined;
  /** The earliest and the latest message, exactly as upstream wrote their times. */
  let from = '';
  let to = '';

  function rowOf(item: UsageItem): PageRow {
    const { message, report, credits } = item;
    const { id, timestamp, reportId } = message;
    const instant = instantOf(timestamp);
    if (compareInstants(instant, first) < 0) [first, from] = [instant, timestamp];
    if (last === undefined || compareInstants(instant, last) > 0) [last, to] = [instant, timestamp];
    const day = zone.dayOf(instant);
    outlook.add(day, item);
    return {
      messageId: `${id}`,
      timestamp,
      ...(reportId !== undefined && { reportId: `${reportId}` }),
      ...(report !== undefined && { reportName: report.name }),
      kind: kindOf(item),
      credits: formatAmount(credits),
      day,
      ...(report === undefined && readsTexts && { counts: countsOf(message.text, instant) }),
      ...(withText && { text: message.text }),
      ...(costOf !== undefined && { cost: costOf(message, credits) }),
    };
  }

  /** Without the message itself, which is always counted once, and zeros at the end. */
  function countsOf(text: string, instant: Instant): number[] {
    const { thresholds } = ratesFor(subject.rules, card && ratesAt(card, instant)?.rates);
    const [, ...counts] = countText(text, subject.rules, thresholds);
    return counts.slice(0, counts.findLastIndex((count) => count !== 0) + 1);
  }

  return {
    head: () => page.head(),
    rows: (items) => page.rows(items.map(rowOf)),
    tail({ messages: count, credits, cost = NO_COST }) {
      const asOf = now();
      const ahead = outlook.value(last, asOf);
      const meta = {
        ...subject,
        ...(card !== undefined && { rates: card.dated.map(encodeRates) }),
        ...(prices !== undefined && {
          cost: formatCost(cost),
          currency: prices.currency,
          minorUnits: minorUnits(prices.currency),
        }),
        ...(ahead !== undefined && { outlook: ahead }),
        ...(withText && { withText }),
        timezone: zone.name,
        asOf: secondText(asOf),
        state: periodState(last, zone, asOf),
        ...(count > 0 && { from, to }),
        total: formatAmount(credits),
        count,
      };
      return [page.tail(meta)];
    },
  };
}

/**
 * One self-contained page, piece by piece. What is only known at the end (the total, the count, the first and last
 * message) comes with `tail`, so that a page is written as its rows are priced: without it the page has no script and
 * shows no figure, since a file that was cut is no bill.
 */
export function htmlRenderer(shell: PageShell) {
  const first: PageRow[] = [];
  return {
    head: () => shell.head,
    /** One block of data. A batch of some thousand rows keeps the pieces small. */
    rows(rows: readonly PageRow[]): string {
      first.push(...rows.slice(0, STATIC_ROWS - first.length));
      return rows.length === 0 ? '' : block('rows', encodeRows(rows));
    },
    tail: (meta: PageMeta) => block('meta', meta) + staticHtml(meta, first) + shell.tail,
  };
}

/**
 * Data the browser does not run. Without a `<` in it no text can end the element, or open a comment in which
 * the end would not be seen.
 */
function block(name: string, data: unknown): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<script type="application/json" data-block="${name}">${json}</script>\n`;
}

/** Rows that are readable without a script: a look, not the bill. */
const STATIC_ROWS = 50;

/**
 * The bill for a reader whose scripts are turned off, such as a preview of an attachment: what it is of, the totals and
 * the first rows. The page's script takes it away.
 *
 * @param rows the first `STATIC_ROWS` of them
 */
function staticHtml(meta: PageMeta, rows: readonly PageRow[]): string {
  const columns = columnsOf(meta).map((name) => COLUMN_TEXTS[name]);
  const { source, period, timezone, rules, asOf, from, to, state, filtered, count } = meta;
  const sums = [
    ['Credits', groupThousands(meta.total)],
    ...(meta.cost === undefined ? [] : [[`Cost, ${meta.currency}`, groupThousands(meta.cost)]]),
    ['Messages', count.toLocaleString('en')],
  ];
  const facts = [
    ['From', from],
    ['To', to],
    ['State', state],
    ['Period', visible(period)],
    ['Source', visible(source)],
    ['As of', asOf],
    ['Time zone', timezone],
    ['Rules', rules],
  ];
  const tiles = sums.map(
    ([name = '', sum = '']) =>
      `<li class="tile"><span class="tile-name">${name}</span><strong class="tile-value">${escapeHtml(sum)}</strong></li>`,
  );
  const shown = facts.map(([name, value]) =>
    value === undefined ? '' : `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  const cell = (tag: string, name: string, text: string) =>
    `<${tag} class="${name}">${escapeHtml(text)}</${tag}>`;
  const heads = columns.map((column) => cell('th', column.class, column.title)).join('');
  const lines = rows.map(
    (row) => `<tr>${columns.map((column) => cell('td', column.class, column.text(row))).join('')}</tr>`,
  );
  const title = count > rows.length ? `The first ${rows.length} messages` : 'Messages';
  return `<section id="static">
<p class="note">Scripts are turned off, which the chart, the filters, the explanations and the download need.${filtered ? ' The command that made this page left messages out.' : ''}</p>
<dl class="facts">${shown.join('')}</dl>
<ul class="tiles">${tiles.join('')}</ul>
<div class="panel"><h2>${title}</h2>
<div class="scroll"><table class="days"><thead><tr>${heads}</tr></thead><tbody>
${lines.join('\n')}
</tbody></table></div></div>
</section>
`;
}

import type { PageMeta, Statement } from '../../format/page/page-meta.js';
import { visible } from '../../format/text.js';
import { type Bill, pricedByText, type Totals } from '../data/bill.js';
import { type Clock, toDecimals, toDigits, toUnits } from '../data/texts.js';
import { barOf, byId, countOf, type Figures, html } from '../view/elements.js';

/** Shows which bill this is, once. */
export function showMasthead(meta: PageMeta, clock: Clock): void {
  const moment = (timestamp: string) =>
    html('time', { datetime: timestamp, title: timestamp }, clock(timestamp) ?? timestamp);
  const span = byId('span', HTMLParagraphElement);
  if (meta.from !== undefined && meta.to !== undefined) {
    span.append('Messages from ', moment(meta.from), ' to ', moment(meta.to));
  } else {
    span.append('No messages yet');
  }
  if (meta.state !== undefined) {
    span.append(' ', html('span', { class: `state ${meta.state}` }, meta.state));
  }
  const facts: [string, Node | string][] = [
    ['Period', visible(meta.period)],
    ['Source', visible(meta.source)],
    ['As of', moment(meta.asOf)],
    ['Time zone', meta.timezone],
    ['Rules', meta.rules],
  ];
  byId('facts', HTMLDListElement).append(
    ...facts.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value))),
  );
  document.title = `Copilot usage · ${visible(meta.period)}`;
}

/** Shows the totals of the rows that the filter leaves, and what they are part of. */
export function showTiles(bill: Bill, totals: Totals, filtered: boolean, figures: Figures): void {
  const text = pricedByText(totals);
  const missing = totals.byKind['missing-report'].count;
  const { report } = totals.byKind;
  const figure = figures.credits;
  byId('tiles', HTMLUListElement).replaceChildren(
    tile('Credits', figure(totals.units), creditsNote(bill, totals.units, filtered), 'main'),
    ...costTile(bill, totals, figures),
    ...(bill.meta.outlook?.statements ?? []).map(outlookTile),
    tile(
      'Messages',
      totals.count.toLocaleString('en'),
      filtered ? `of ${bill.meta.count.toLocaleString('en')}` : '',
    ),
    tile('By report', figure(report.units), countOf(report.count, 'message'), 'report'),
    tile(
      'By text',
      figure(text.units),
      countOf(text.count, 'message') +
        (missing === 0 ? '' : `, ${missing.toLocaleString('en')} missing their report`),
      'text',
    ),
  );
  const note = byId('totals-note', HTMLParagraphElement);
  note.hidden = !bill.meta.filtered;
  note.textContent =
    'The command that made this page left messages out: these are not the totals of the whole period.';
}

function outlookTile({ name, value, note, share, over }: Statement): HTMLLIElement {
  const shown = tile(name, value, note, over === true ? 'outlook over' : 'outlook');
  if (share !== undefined) shown.append(barOf(share));
  return shown;
}

/** The total rounded once, and what it is before. */
function costTile({ meta, costScale }: Bill, { costUnits }: Totals, { invoice }: Figures): HTMLElement[] {
  if (meta.cost === undefined) return [];
  const { rounded } = toDecimals(costUnits, costScale, meta.minorUnits);
  const note = rounded ? `exactly ${toDigits(costUnits, costScale)}` : '';
  return [tile(`Cost, ${meta.currency}`, invoice(costUnits), note)];
}

function creditsNote(bill: Bill, units: bigint, filtered: boolean): string {
  const exactly = toDecimals(units, bill.scale).rounded ? `exactly ${toDigits(units, bill.scale)}` : '';
  return [exactly, filtered ? `of ${toDecimals(toUnits(bill.meta.total, bill.scale), bill.scale).text}` : '']
    .filter((part) => part !== '')
    .join(', ');
}

function tile(name: string, value: Node | string, note: string, kind = ''): HTMLLIElement {
  return html(
    'li',
    { class: `tile ${kind}` },
    html('span', { class: 'tile-name' }, name),
    html('strong', { class: 'tile-value' }, value),
    html('span', { class: 'tile-note' }, note),
  );
}

/** Instead of a chart and a table without a row. */
export function showEmpty({ filtered }: PageMeta): void {
  byId('contents', HTMLDivElement).hidden = true;
  byId('tiles', HTMLUListElement).hidden = true;
  const empty = byId('empty', HTMLDivElement);
  empty.hidden = false;
  empty.append(
    html('strong', {}, filtered ? 'No message was selected' : 'No messages in this period yet'),
    html(
      'p',
      {},
      filtered
        ? 'The command that made this page filtered the messages, and none was left. The period may well have some.'
        : 'Nothing was used, and nothing is owed: 0 credits. The first message will show up here once the page is made again.',
    ),
  );
}

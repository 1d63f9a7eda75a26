import { groupThousands } from '../amounts.js';
import { escapeHtml, visible } from '../text.js';
import { COLUMN_TEXTS, columnsOf, type PageRow } from './bill-data.js';
import type { PageMeta } from './page-meta.js';

/** Rows that are readable without a script: a look, not the bill. */
export const STATIC_ROWS = 50;

/**
 * The bill for a reader whose scripts are turned off, such as a preview of an attachment: what it is of, the totals and
 * the first rows. The page's script takes it away.
 *
 * @param rows the first `STATIC_ROWS` of them
 */
export function staticHtml(meta: PageMeta, rows: readonly PageRow[]): string {
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

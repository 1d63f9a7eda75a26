import { byId, html } from './elements.js';
import type { Figure } from './figures.js';
import type { Bar } from './series.js';

/** The chart's figures as a table, for whoever cannot see bars. Filled only once it is opened. */
export function daysTable(figure: Figure): (bars: readonly Bar[], unit: string) => void {
  const details = byId('days', HTMLDetailsElement);
  const place = byId('days-table', HTMLElement);
  let fill = () => {};
  details.addEventListener('toggle', () => fill());
  return (bars, unit) => {
    fill = () => {
      if (details.open) place.replaceChildren(tableOf(bars, unit, figure));
    };
    fill();
  };
}

function tableOf(bars: readonly Bar[], unit: string, figure: Figure): HTMLTableElement {
  const heads = [unit, 'Messages', 'Report', 'Text', 'Text, report missing', 'Credits'];
  const rows = bars.map(({ bar, count, byKind, units }) => {
    const figures = [byKind.report.units, byKind.text.units, byKind['missing-report'].units, units].map(
      figure,
    );
    return html(
      'tr',
      {},
      html('th', { scope: 'row' }, bar),
      ...[count.toLocaleString('en'), ...figures].map((value) => html('td', { class: 'number' }, value)),
    );
  });
  return html(
    'table',
    { class: 'days' },
    html(
      'caption',
      { class: 'unseen' },
      `Credits a ${unit.toLowerCase()} of the messages shown, by what priced them`,
    ),
    html(
      'thead',
      {},
      html(
        'tr',
        {},
        ...heads.map((head, index) => html('th', { scope: 'col', class: index > 0 && 'number' }, head)),
      ),
    ),
    html('tbody', {}, ...rows),
  );
}

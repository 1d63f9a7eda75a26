import { dayNumber, dayText } from '../../calendar/days.js';
import { KIND_NAMES, KINDS } from '../../format/page/bill-data.js';
import type { Timeline } from '../data/bill.js';
import { byId, html } from '../view/elements.js';
import type { Change } from '../view/view.js';
import { isFiltered, type View } from '../view/view.js';

type Filter = Partial<Pick<View, 'text' | 'kind' | 'report' | 'from' | 'to'>>;

const NO_FILTER = { text: '', kind: undefined, report: undefined, from: undefined, to: undefined };

/** The form above the chart. `onFilter` hears every change; the returned function shows a view's filter. */
export function filtersInPage(
  { first, last }: Timeline,
  onFilter: (filter: Filter, change: Change) => void,
): (view: View) => void {
  const form = byId('filters', HTMLFormElement);
  const text = byId('text', HTMLInputElement);
  const from = byId('from', HTMLInputElement);
  const to = byId('to', HTMLInputElement);
  const clear = byId('clear', HTMLButtonElement);
  const kinds = kindChoices();
  const dayError = byId('day-error', HTMLParagraphElement);
  dayError.textContent = `Write a day as YYYY-MM-DD. The messages are of ${[...new Set([first, last])].map(dayText).join(' to ')}.`;
  let shown: Filter = NO_FILTER;
  let typing = false;

  const read = (): Filter => ({
    text: text.value,
    kind: KINDS.find((kind) => kinds.some((choice) => choice.checked && choice.value === kind)),
    from: isDay(from) ? dayNumber(from.value) : shown.from,
    to: isDay(to) ? dayNumber(to.value) : shown.to,
  });
  const showDayErrors = () => {
    for (const day of [from, to]) day.ariaInvalid = String(!isDay(day));
    dayError.hidden = isDay(from) && isDay(to);
  };
  // A word is one step for Back, not one a letter.
  text.addEventListener('input', () => {
    onFilter(read(), typing ? 'replace' : 'push');
    typing = text.value !== '';
  });
  text.addEventListener('change', () => {
    typing = false;
  });
  for (const choice of kinds) choice.addEventListener('change', () => onFilter(read(), 'push'));
  for (const day of [from, to]) {
    // Text, not type=date, which shows every reader another order of day and month.
    day.addEventListener('input', () => {
      if (!isDay(day)) return;
      showDayErrors();
      onFilter(read(), 'push');
    });
    day.addEventListener('change', showDayErrors);
  }
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    for (const day of [from, to]) day.value = '';
    onFilter(NO_FILTER, 'push');
    text.focus();
  });

  return (view) => {
    if (text.value !== view.text) text.value = view.text;
    for (const choice of kinds) choice.checked = choice.value === (view.kind ?? '');
    if (view.from !== shown.from || isDay(from)) from.value = fieldText(view.from);
    if (view.to !== shown.to || isDay(to)) to.value = fieldText(view.to);
    shown = view;
    if (!dayError.hidden) showDayErrors();
    clear.ariaDisabled = String(!isFiltered(view));
  };
}

/** Empty is every day. */
function isDay(input: HTMLInputElement): boolean {
  return input.value === '' || dayNumber(input.value) !== undefined;
}

const fieldText = (day: number | undefined) => (day === undefined ? '' : dayText(day));

function kindChoices(): HTMLInputElement[] {
  const choices = ['', ...KINDS].map((value) => html('input', { type: 'radio', name: 'kind', value }));
  const names = ['All', ...KINDS.map((kind) => KIND_NAMES[kind])];
  byId('kinds', HTMLDivElement).append(
    ...choices.map((choice, index) => html('label', {}, choice, html('span', {}, names[index] ?? ''))),
  );
  return choices;
}

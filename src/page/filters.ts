import { KINDS } from './contract.js';
import { byId, html } from './elements.js';
import type { Change } from './navigation.js';
import { KIND_NAMES } from './rows.js';
import type { Timeline } from './timeline.js';
import { isFiltered, type View } from './view.js';

type Filter = Pick<View, 'text' | 'kind' | 'from' | 'to'>;

const NO_FILTER: Filter = { text: '', kind: undefined, from: undefined, to: undefined };

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
  for (const day of [from, to]) {
    day.min = first;
    day.max = last;
  }
  let typing = false;

  const read = (): Filter => ({
    text: text.value,
    kind: KINDS.find((kind) => kinds.some((choice) => choice.checked && choice.value === kind)),
    from: from.value || undefined,
    to: to.value || undefined,
  });
  // A word is one step for Back, not one a letter.
  text.addEventListener('input', () => {
    onFilter(read(), typing ? 'replace' : 'push');
    typing = text.value !== '';
  });
  text.addEventListener('change', () => {
    typing = false;
  });
  for (const field of [from, to, ...kinds]) field.addEventListener('change', () => onFilter(read(), 'push'));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', (event) => {
    event.preventDefault();
    onFilter(NO_FILTER, 'push');
    text.focus();
  });

  return (view) => {
    if (text.value !== view.text) text.value = view.text;
    for (const choice of kinds) choice.checked = choice.value === (view.kind ?? '');
    if (from.value !== (view.from ?? '')) from.value = view.from ?? '';
    if (to.value !== (view.to ?? '')) to.value = view.to ?? '';
    clear.ariaDisabled = String(!isFiltered(view));
  };
}

function kindChoices(): HTMLInputElement[] {
  const choices = ['', ...KINDS].map((value) => html('input', { type: 'radio', name: 'kind', value }));
  const names = ['All', ...KINDS.map((kind) => KIND_NAMES[kind])];
  byId('kinds', HTMLDivElement).append(
    ...choices.map((choice, index) => html('label', {}, choice, html('span', {}, names[index] ?? ''))),
  );
  return choices;
}

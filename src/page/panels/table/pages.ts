import { byId, html } from '../../view/elements.js';

/** Rows on a page of the table. */
export const PAGE_SIZE = 100;

/** How many pages `count` rows take; an empty table is one page. */
export function pagesOf(count: number): number {
  return Math.max(1, Math.ceil(count / PAGE_SIZE));
}

/**
 * The page's navigation: buttons, a field for a page's number, and on the buttons the keys ←, →, Home and End.
 * Returns what shows that `page` of `pages` is open.
 */
export function pagesInPage(onGo: (page: number) => void): (page: number, pages: number) => void {
  const nav = byId('pages', HTMLElement);
  let page = 1;
  let pages = 1;
  const go = (goal: number) => {
    const target = Math.min(pages, Math.max(1, goal));
    if (target !== page) onGo(target);
  };
  const goals: Record<string, () => number> = {
    Home: () => 1,
    ArrowLeft: () => page - 1,
    ArrowRight: () => page + 1,
    End: () => pages,
  };
  const buttonFor = (key: string, name: string, sign: string) => {
    const button = html(
      'button',
      { type: 'button', 'aria-label': name, title: name, 'aria-keyshortcuts': key },
      sign,
    );
    button.addEventListener('click', () => go(goals[key]?.() ?? page));
    return button;
  };
  const back = [buttonFor('Home', 'First page', '«'), buttonFor('ArrowLeft', 'Previous page', '‹')];
  const forth = [buttonFor('ArrowRight', 'Next page', '›'), buttonFor('End', 'Last page', '»')];
  const field = html('input', { type: 'number', min: 1, inputmode: 'numeric' });
  const last = html('span');
  nav.append(...back, html('label', {}, 'Page ', field), last, ...forth);

  field.addEventListener('change', () => {
    go(Number.isInteger(field.valueAsNumber) ? field.valueAsNumber : page);
    field.value = String(page);
  });
  nav.addEventListener('keydown', (event) => {
    const goal = goals[event.key];
    if (goal === undefined || event.target === field || event.altKey || event.ctrlKey || event.metaKey)
      return;
    event.preventDefault();
    go(goal());
  });

  return (nextPage, nextPages) => {
    page = nextPage;
    pages = nextPages;
    nav.hidden = pages === 1;
    field.value = String(page);
    field.max = String(pages);
    last.textContent = `of ${pages.toLocaleString('en')}`;
    for (const button of back) button.ariaDisabled = String(page === 1);
    for (const button of forth) button.ariaDisabled = String(page === pages);
  };
}

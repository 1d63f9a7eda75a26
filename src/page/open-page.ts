import type { Bill } from './bill.js';
import { clockIn } from './clock.js';
import { columnsInPage, describeSort } from './columns.js';
import { copyExactly } from './copy.js';
import { daysChart } from './days-chart.js';
import { byId } from './elements.js';
import { toTwoDecimals } from './exact.js';
import { countOf, figuresOf } from './figures.js';
import { filtersInPage } from './filters.js';
import { type Change, navigateByFragment } from './navigation.js';
import { PAGE_SIZE, pagesInPage, pagesOf } from './pages.js';
import { printSelection } from './print.js';
import { reachScrolled } from './reach-scrolled.js';
import { showRows } from './rows.js';
import { type Selection, selectFrom } from './selection.js';
import { clickColumn } from './sort.js';
import { stateTableRoles } from './table-roles.js';
import { showTiles } from './tiles.js';
import { timelineOf } from './timeline.js';
import { isFiltered, type View } from './view.js';

/**
 * Shows a bill of at least one message and keeps it in step with the address: whatever a person does changes
 * the address, and the page is drawn from there, so that a link, a reload and Back all show the same.
 */
export function openPage(bill: Bill): void {
  const navigation = navigateByFragment();
  const select = selectFrom(bill);
  const clock = clockIn(bill.meta.timezone);
  const figure = figuresOf(bill.scale);
  const timeline = timelineOf(bill.rows);

  const change = (part: Partial<View>, how: Change = 'push') => {
    navigation.go({ ...navigation.view(), page: 1, ...part }, how);
    draw();
  };
  const showFilters = filtersInPage(timeline, change);
  const showSort = columnsInPage((column) => change({ sort: clickColumn(navigation.view().sort, column) }));
  const showPages = pagesInPage((page) => {
    change({ page });
    scrollToTable();
  });
  const showDays = daysChart(bill.scale, timeline, figure, navigation.view, change);

  const drawTable = (view: View, { rows, totals }: Selection) => {
    const pages = pagesOf(rows.length);
    const page = Math.min(view.page, pages);
    const start = (page - 1) * PAGE_SIZE;
    showRows(rows.slice(start, start + PAGE_SIZE), totals, clock, figure);
    showPages(page, pages);
    const end = Math.min(start + PAGE_SIZE, rows.length);
    byId('shown', HTMLParagraphElement).textContent =
      rows.length === 0
        ? ''
        : `${start + 1}–${end} of ${countOf(rows.length, 'message')}, ${describeSort(view.sort)}`;
  };
  const draw = () => {
    const view = navigation.view();
    const selection = select(view);
    const { totals, anyDay } = selection;
    showTiles(bill, totals, isFiltered(view), figure);
    showFilters(view);
    showSort(view.sort);
    showDays(anyDay, view);
    drawTable(view, selection);
    const credits = toTwoDecimals(totals.units, bill.scale).text;
    byId('announcement', HTMLParagraphElement).textContent =
      `${countOf(totals.count, 'message')}, ${credits} credits, ${describeSort(view.sort)}`;
  };

  byId('rounding', HTMLParagraphElement).hidden = bill.scale <= 2;
  stateTableRoles();
  copyExactly();
  reachScrolled();
  printSelection(
    () => select(navigation.view()).rows,
    (rows) => showRows(rows, select(navigation.view()).totals, clock, figure),
    draw,
  );
  navigation.onMove(draw);
  draw();
}

function scrollToTable(): void {
  const title = byId('messages-title', HTMLHeadingElement);
  if (title.getBoundingClientRect().top < 0) title.scrollIntoView();
}

import { columnsOf, decodeRows, type PageRow } from '../format/page/bill-data.js';
import { decodeMeta, type PageMeta } from '../format/page/page-meta.js';
import { type Bill, type BillRow, readBill, timelineOf } from './data/bill.js';
import { clockIn, toDecimals } from './data/texts.js';
import { daysChart } from './panels/chart/days.js';
import { soFarChart } from './panels/chart/so-far.js';
import { filtersInPage } from './panels/filters.js';
import { showEmpty, showMasthead, showTiles } from './panels/header.js';
import { reportsInPage } from './panels/reports.js';
import { explainRows, explanationOf } from './panels/table/explanation.js';
import {
  columnsInPage,
  describeSort,
  downloadInPage,
  reachScrolled,
  rowsInPage,
  stateTableRoles,
} from './panels/table/messages.js';
import { PAGE_SIZE, pagesInPage, pagesOf } from './panels/table/pages.js';
import { byId, countOf, figuresOf } from './view/elements.js';
import { clickColumn, type Selection, selectFrom } from './view/select.js';
import { type Change, isFiltered, navigateByFragment, type View } from './view/view.js';

const trouble = byId('trouble', HTMLParagraphElement);
const content = byId('bill', HTMLElement);
// Only the file as a whole has it: what is readable without a script is not needed then.
document.getElementById('static')?.remove();
try {
  const { meta, rows } = readEmbedded();
  const bill = readBill(meta, rows);
  // Before anything is drawn, because the chart is as wide as its container.
  content.hidden = false;
  trouble.hidden = true;
  showMasthead(meta, clockIn(meta.timezone));
  if (rows.length === 0) showEmpty(meta);
  else openPage(bill);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  trouble.textContent = `This file is damaged, so no figure of it is shown: ${reason}`;
  trouble.hidden = false;
  content.hidden = true;
}

/** The bill's data blocks in the page. Throws when one is missing or is not what the command writes. */
function readEmbedded(): { meta: PageMeta; rows: PageRow[] } {
  const metaBlock = document.querySelector('script[data-block="meta"]');
  const rowBlocks = document.querySelectorAll('script[data-block="rows"]');
  return {
    meta: decodeMeta(parseBlock(metaBlock)),
    rows: [...rowBlocks].flatMap((block) => decodeRows(parseBlock(block))),
  };
}

function parseBlock(block: Element | null): unknown {
  return JSON.parse(block?.textContent ?? '');
}

/**
 * Shows a bill of at least one message and synchronises it with the address: whatever a person does changes
 * the address, and the page is drawn from there, so that a link, a reload and Back all show the same.
 */
export function openPage(bill: Bill): void {
  const navigation = navigateByFragment();
  const select = selectFrom(bill);
  const figures = figuresOf(bill);
  const columns = columnsOf(bill.meta);
  const timeline = timelineOf(bill.rows);

  const change = (part: Partial<View>, how: Change = 'push') => {
    navigation.go({ ...navigation.view(), page: 1, ...part }, how);
    draw();
  };
  const showFilters = filtersInPage(timeline, change);
  const showSort = columnsInPage(columns, (column) =>
    change({ sort: clickColumn(navigation.view().sort, column) }),
  );
  const showPages = pagesInPage((page) => {
    change({ page });
    scrollToTable();
  });
  const showReports = reportsInPage(bill.scale, figures.credits, (report) => change({ report }));
  const explain = explainRows(bill.meta);
  const showRows = rowsInPage({
    columns,
    clock: clockIn(bill.meta.timezone),
    figures,
    explain: (row) => explanationOf(row, explain, bill.meta.rules),
  });
  downloadInPage(bill.meta.period, () => select(navigation.view()).rows);
  const showDays = daysChart(bill.scale, timeline, figures.credits, navigation.view, change);

  const showSoFar = soFarChart(bill, timeline);

  const drawTable = (view: View, { rows, totals }: Selection) => {
    const pages = pagesOf(rows.length);
    const page = Math.min(view.page, pages);
    const start = (page - 1) * PAGE_SIZE;
    showRows(rows.slice(start, start + PAGE_SIZE), totals);
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
    const { totals, anyDay, anyReport } = selection;
    showTiles(bill, totals, isFiltered(view), figures);
    showFilters(view);
    showSort(view.sort);
    showDays(anyDay, view);
    showReports(anyReport, view);
    showSoFar(selection.rows, isFiltered(view));
    drawTable(view, selection);
    const credits = toDecimals(totals.units, bill.scale).text;
    byId('announcement', HTMLParagraphElement).textContent =
      `${countOf(totals.count, 'message')}, ${credits} credits, ${describeSort(view.sort)}`;
  };

  if (bill.meta.withText === true) {
    byId('text', HTMLInputElement).placeholder = 'Message id, report name or text';
  }
  byId('rounding', HTMLParagraphElement).hidden = bill.scale <= 2;
  stateTableRoles();
  copyExactly();
  reachScrolled();
  printSelection(
    () => select(navigation.view()).rows,
    (rows) => showRows(rows, select(navigation.view()).totals),
    draw,
  );
  navigation.onMove(draw);
  draw();
}

function scrollToTable(): void {
  const title = byId('messages-title', HTMLHeadingElement);
  if (title.getBoundingClientRect().top < 0) title.scrollIntoView();
}

/** More rows than this (some 40 sheets) are not printed; the page that is open is. */
const MOST_PRINTED = 2000;

/**
 * Prints all rows that the filter leaves, or says that it prints the open page only, and in light colours.
 * `show` puts rows into the table; `restore` puts back what the screen had.
 */
function printSelection(
  selected: () => readonly BillRow[],
  show: (rows: readonly BillRow[]) => void,
  restore: () => void,
): void {
  const note = byId('printed', HTMLParagraphElement);
  addEventListener('beforeprint', () => {
    const rows = selected();
    note.hidden = rows.length <= MOST_PRINTED;
    note.textContent = `Only the page of the table that was open is printed, of ${rows.length.toLocaleString('en')} messages. The totals are those of all of them.`;
    if (rows.length <= MOST_PRINTED) show(rows);
  });
  addEventListener('afterprint', () => {
    note.hidden = true;
    restore();
  });
}

/**
 * Makes copying take exact digits instead of the two decimals shown. Inside one figure the whole of it is
 * taken; across several the browser copies as it always does, while the figures show their exact digits.
 */
function copyExactly(): void {
  document.addEventListener('copy', (event) => {
    const selection = getSelection();
    if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const only = figureAround(range.commonAncestorContainer);
    if (only !== undefined) {
      event.clipboardData?.setData('text/plain', only.value);
      event.preventDefault();
      return;
    }
    const start = figureAround(range.startContainer);
    const end = figureAround(range.endContainer);
    if (start !== undefined) range.setStartBefore(start);
    if (end !== undefined) range.setEndAfter(end);
    const figures = [...document.querySelectorAll('data')].filter((figure) =>
      selection.containsNode(figure, true),
    );
    const shown = figures.map((figure) => figure.textContent);
    for (const figure of figures) figure.textContent = figure.value;
    // After the browser's own copying, which follows this event.
    setTimeout(() => {
      for (const [index, figure] of figures.entries()) figure.textContent = shown[index] ?? figure.value;
    });
  });
}

function figureAround(node: Node): HTMLDataElement | undefined {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest('data') ?? undefined;
}

import { decodeRow, type PageMeta, type PageRow } from '../format/page/bill-data.js';
import { readBill } from './data/bill.js';
import { clockIn } from './data/calendar.js';
import { openPage } from './open-page.js';
import { showEmpty, showMasthead } from './panels/header.js';
import { byId } from './view/elements.js';

const trouble = byId('trouble', HTMLParagraphElement);
const content = byId('bill', HTMLElement);
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
export function readEmbedded(): { meta: PageMeta; rows: PageRow[] } {
  const metaBlock = document.querySelector('script[data-block="meta"]');
  const rowBlocks = document.querySelectorAll('script[data-block="rows"]');
  return {
    meta: decodeMeta(parseBlock(metaBlock)),
    rows: [...rowBlocks].flatMap((block) => {
      const rows = parseBlock(block);
      if (!Array.isArray(rows)) throw new TypeError('a block of messages is not a list');
      return rows.map(decodeRow);
    }),
  };
}

function parseBlock(block: Element | null): unknown {
  return JSON.parse(block?.textContent ?? '');
}

function decodeMeta(value: unknown): PageMeta {
  if (!isMeta(value)) throw new TypeError('the description of the bill lacks a field');
  return value;
}

function isMeta(value: unknown): value is PageMeta {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const isText = (name: string) => typeof fields.get(name) === 'string';
  const isTextOrAbsent = (name: string) => !fields.has(name) || isText(name);
  return (
    ['source', 'period', 'timezone', 'rules', 'asOf', 'total'].every(isText) &&
    ['from', 'to', 'state'].every(isTextOrAbsent) &&
    typeof fields.get('count') === 'number' &&
    typeof fields.get('filtered') === 'boolean'
  );
}

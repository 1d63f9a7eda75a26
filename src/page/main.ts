import { decodeRows, type PageRow } from '../format/page/bill-data.js';
import { decodeMeta, type PageMeta } from '../format/page/page-meta.js';
import { readBill } from './data/bill.js';
import { clockIn } from './data/calendar.js';
import { openPage } from './open-page.js';
import { showEmpty, showMasthead } from './panels/header.js';
import { byId } from './view/elements.js';

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
export function readEmbedded(): { meta: PageMeta; rows: PageRow[] } {
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

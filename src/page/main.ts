import { readBill } from './bill.js';
import { clockIn } from './clock.js';
import { byId } from './elements.js';
import { readEmbedded } from './embedded.js';
import { showEmpty } from './empty.js';
import { showMasthead } from './masthead.js';
import { openPage } from './open-page.js';

const trouble = byId('trouble', HTMLParagraphElement);
const content = byId('bill', HTMLElement);
try {
  const { meta, rows } = readEmbedded();
  const bill = readBill(meta, rows);
  // Before anything is drawn, because the chart is as wide as its place.
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

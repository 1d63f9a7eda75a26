import { visible } from '../render/visible.js';
import type { Clock } from './clock.js';
import type { PageMeta } from './contract.js';
import { byId, html } from './elements.js';

/** Says once what bill this is. */
export function showMasthead(meta: PageMeta, clock: Clock): void {
  const moment = (timestamp: string) =>
    html('time', { datetime: timestamp, title: timestamp }, clock(timestamp) ?? timestamp);
  const span = byId('span', HTMLParagraphElement);
  if (meta.from !== undefined && meta.to !== undefined) {
    span.append('Messages from ', moment(meta.from), ' to ', moment(meta.to));
  } else {
    span.append('No messages yet');
  }
  if (meta.state !== undefined) {
    span.append(' ', html('span', { class: `state ${meta.state}` }, meta.state));
  }
  const facts: [string, Node | string][] = [
    ['Period', visible(meta.period)],
    ['Source', visible(meta.source)],
    ['As of', moment(meta.asOf)],
    ['Time zone', meta.timezone],
    ['Rules', meta.rules],
  ];
  byId('facts', HTMLDListElement).append(
    ...facts.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value))),
  );
  document.title = `Copilot usage · ${visible(meta.period)}`;
}

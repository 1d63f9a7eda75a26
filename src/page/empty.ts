import type { PageMeta } from './contract.js';
import { byId, html } from './elements.js';

/** Instead of a chart and a table without a row. */
export function showEmpty({ filtered }: PageMeta): void {
  byId('contents', HTMLDivElement).hidden = true;
  byId('tiles', HTMLUListElement).hidden = true;
  const empty = byId('empty', HTMLDivElement);
  empty.hidden = false;
  empty.append(
    html('strong', {}, filtered ? 'No message was selected' : 'No messages in this period yet'),
    html(
      'p',
      {},
      filtered
        ? 'The command that made this page filtered the messages, and none was left. The period may well have some.'
        : 'Nothing was used, and nothing is owed: 0 credits. The first message will show up here once the page is made again.',
    ),
  );
}

import { UTC } from '../calendar/time-zone.js';
import { instantIn } from '../config/read-selection.js';
import { DOCUMENT_FORMATS } from '../format/formats.js';
import { PUBLISHED_CARD, writeRateCard } from '../rates/rate-card.js';
import { dataTables } from '../receipt/receipt.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';
import { openTerminal } from './open-terminal.js';
import { flagValue } from './options/check-values.js';
import { resultFrom } from './options/output-options.js';
import { rateCardFrom } from './options/rates-option.js';
import type { RawFlags } from './options/setting-options.js';
import { ratesInForce } from './rates-in-force.js';

/** Runs `rates`. Its JSON is itself a file for `--rates`. */
export async function runRates(flags: RawFlags, run: Run): Promise<void> {
  const output = resultFrom(flags, DOCUMENT_FORMATS);
  const at = typeof flags.at === 'string' ? flagValue('--at', flags.at, instantIn(UTC)) : Date.now();
  const card = (await rateCardFrom(flags, 'published')) ?? { name: 'published', dated: PUBLISHED_CARD };
  const inForce = ratesInForce(card, at);
  await deliver(output, run, async (writer) => {
    if (output.format === 'json') {
      await writer.write(writeRateCard([inForce], { ...dataTables() }));
      return;
    }
    const { ratesTable } = await import('../format/table/rates.js');
    const next = card.dated[card.dated.indexOf(inForce) + 1];
    const terminal = await openTerminal(output, run.host);
    for (const piece of ratesTable(card.name, inForce, next, dataTables(), terminal))
      await writer.write(piece);
  });
}

import { DataError } from '../errors.js';
import { explanationJson } from '../format/documents/explanation.js';
import { DOCUMENT_FORMATS } from '../format/formats.js';
import {
  datedRatesOf,
  type ExplainedPrice,
  explainAlone,
  explainItem,
} from '../usage/pricing/message-pricer.js';
import type { UsageItem } from '../usage/pricing/priced-row.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';
import { openPeriod } from './open-period.js';
import { openTerminal } from './open-terminal.js';
import { targetFrom } from './options/explain-options.js';
import { type ResultChoice, resultFrom } from './options/output-options.js';
import { rateCardFrom } from './options/rates-option.js';
import { type RawFlags, settingsFrom } from './options/setting-options.js';
import { ratesInForce } from './rates-in-force.js';

/** Runs `explain`. A message's document is read to its end, since only a whole one is known to be right. */
export async function runExplain(messageId: string | undefined, flags: RawFlags, run: Run): Promise<void> {
  const output = resultFrom(flags, DOCUMENT_FORMATS);
  const target = targetFrom(messageId, flags);
  await deliver(output, run, async (writer) => {
    const price =
      'text' in target
        ? await explainGiven(target.text, flags, run)
        : await explainMessage(target.message, flags, run);
    for (const piece of await render(price, output, run)) await writer.write(piece);
  });
}

/** A text has no date, so it costs what it would cost now. */
async function explainGiven(text: string, flags: RawFlags, run: Run): Promise<ExplainedPrice> {
  const { rules } = await settingsFrom(flags, run.host);
  const card = await rateCardFrom(flags, rules);
  return explainAlone(text, rules, card && ratesInForce(card, Date.now()).rates);
}

/** @throws DataError when the message is not in the period */
async function explainMessage(id: number | bigint, flags: RawFlags, run: Run): Promise<ExplainedPrice> {
  const period = await openPeriod(flags, run, { message: id });
  try {
    const items = await period.read(async (batches) => {
      const found: UsageItem[] = [];
      for await (const batch of batches) {
        run.signal.throwIfAborted();
        found.push(...batch);
      }
      return found;
    });
    const [item, ...copies] = items;
    if (item === undefined) throw new DataError(`message ${id}`, 'is not in the period');
    if (copies.length > 0) {
      throw new DataError(`message ${id}`, `stands ${items.length} times in the period; explain shows one`);
    }
    const { card, settings } = period;
    const dated =
      item.report === undefined && card !== undefined ? datedRatesOf(item.message, card) : undefined;
    return explainItem(item, settings.rules, dated?.rates);
  } finally {
    await period.close();
  }
}

async function render(price: ExplainedPrice, output: ResultChoice, { host }: Run): Promise<Iterable<string>> {
  if (output.format === 'json') return [explanationJson(price)];
  const { explanationTable } = await import('../format/table/explanation.js');
  return explanationTable(price, await openTerminal(output, host));
}

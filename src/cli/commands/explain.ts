import { Command } from '@commander-js/extra-typings';
import { readMessages } from '../../document/messages.js';
import { CommandLineError, DataError } from '../../errors.js';
import { explanationJson } from '../../format/documents/explanation.js';
import { DOCUMENT_FORMATS } from '../../format/formats.js';
import { datedRatesOf } from '../../rates/rate-card.js';
import { type ExplainedPrice, explainAlone, explainItem } from '../../usage/pricing/message-pricer.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import { type OptionsOf, option, withOptions } from '../options/declare.js';
import { resultChoice, resultOptions } from '../options/output.js';
import { billOptions } from '../options/period.js';
import { openBasis } from '../options/settings.js';
import type { Context } from '../process/host.js';
import { deliverDocument } from '../run/deliver.js';
import { openPeriod, usingPeriod } from '../run/period.js';
import { defineCommand } from './define.js';
import { ratesInForce } from './rates.js';

const declareExplain = () =>
  withOptions(
    new Command('explain')
      .description('how one price came about, step by step, adding up to the total')
      .argument('[message-id]', 'a message of the period'),
    [
      option('--text <text>', 'price this text instead of a message', { group: 'Explain:' }),
      ...resultOptions(DOCUMENT_FORMATS, 'the {"explanation":{…}} document, one step a line'),
      ...billOptions(),
    ],
  );

type ExplainOptions = OptionsOf<typeof declareExplain>;

export const make = defineCommand({
  purpose: 'See what was used:',
  examples: [
    ['o-copilot explain 1002', 'a message of the period'],
    ["o-copilot explain --text 'A man, a plan, a canal: Panama'", 'any text'],
  ],

  declare: declareExplain,
  readsSource: ({ text }) => text === undefined,
  run: runExplain,
});

/** A message's document is read to its end, since only a whole one is known to be right. */
async function runExplain(
  options: ExplainOptions,
  context: Context,
  messageId: string | undefined,
): Promise<void> {
  const output = resultChoice(options, DOCUMENT_FORMATS);
  await deliverDocument(output, context, chooseExplanation(messageId, options, context), {
    json: explanationJson,
    table: async () => (await import('../../format/table/explanation.js')).explanationTable,
  });
}

/** Explains a message of the period, or a text on its own. */
function chooseExplanation(messageId: string | undefined, options: ExplainOptions, context: Context) {
  const { text } = options;
  if (messageId === undefined) {
    if (text === undefined) throw new CommandLineError('explain needs a message id, or --text');
    return () => explainText(text, options, context);
  }
  if (text !== undefined) throw new CommandLineError('--text: is for a text instead of a message');
  if (!/^-?\d{1,40}$/.test(messageId)) {
    throw new CommandLineError(`expected the id of a message, an integer, got ${JSON.stringify(messageId)}`);
  }
  const id = Number(messageId);
  return () => explainMessage(Number.isSafeInteger(id) ? id + 0 : BigInt(messageId), options, context);
}

/** A text has no date, so it costs what it would cost now. */
async function explainText(text: string, options: ExplainOptions, context: Context): Promise<ExplainedPrice> {
  const { settings, card, prices } = await openBasis(options, context);
  const inForce = card && ratesInForce(card, Date.now());
  const creditPrice = prices?.fixed ?? inForce?.creditPrice;
  const money = prices && creditPrice && { creditPrice, currency: prices.currency };
  return { ...explainAlone(text, settings.rules, inForce?.rates), money };
}

/** @throws DataError when the message is not in the period */
async function explainMessage(
  id: number | bigint,
  options: ExplainOptions,
  context: Context,
): Promise<ExplainedPrice> {
  const near = nearIds(id);
  const opening = openPeriod(options, context, { message: id, readDocument: near.readDocument });
  return usingPeriod(opening, async (period) => {
    const items = await period.read(async (batches) => {
      const found: UsageItem[] = [];
      for await (const batch of batches) found.push(...batch);
      return found;
    });
    const [item, ...copies] = items;
    if (item === undefined) throw new DataError(`message ${id}`, `is not in the period${near.hint()}`);
    if (copies.length > 0) {
      throw new DataError(`message ${id}`, `occurs ${items.length} times in the period; explain shows one`);
    }
    const { card, settings, prices } = period;
    const money = prices && { creditPrice: prices.priceOf(item.message), currency: prices.currency };
    const dated = item.report === undefined && card ? datedRatesOf(item.message, card) : undefined;
    return { ...explainItem(item, settings.rules, dated?.rates), money };
  });
}

/** Reads messages and remembers the ids next to one that may not be among them. */
function nearIds(id: number | bigint) {
  let below: number | bigint | undefined;
  let above: number | bigint | undefined;
  return {
    async *readDocument(bytes: AsyncIterable<Uint8Array>) {
      for await (const messages of readMessages(bytes)) {
        for (const { id: each } of messages) {
          if (each < id && (below === undefined || each > below)) below = each;
          if (each > id && (above === undefined || each < above)) above = each;
        }
        yield messages;
      }
    },
    hint() {
      const ids = [below, above].filter((each) => each !== undefined);
      return ids.length === 0 ? ', which has no messages' : `; nearest to it: ${ids.join(' and ')}`;
    },
  };
}

import type { Message } from '../src/document/records.js';
import { textPricer } from '../src/engine/index.js';
import { PUBLISHED_CARD } from '../src/rates/rate-card.js';
import { type MessagePricer, messagePricer } from '../src/usage/pricing/message-pricer.js';
import { englishTexts } from './engine/corpus.js';
import { measureSideBySide } from './engine/spread.js';
import { packWindows } from './engine/windows.js';

// What a choice of rates costs, in one run: microseconds a message, interleaved so that a busy machine slows
// all alike. `direct` is the engine's pricer without the choice, as before `--rates` was.

const TEXTS = 5000;
const messages = packWindows(englishTexts(TEXTS)).map(
  ({ characters, start, end }, id): Message => ({
    id,
    timestamp: '2024-04-29T02:08:29.375Z',
    reportId: undefined,
    text: characters.slice(start, end),
  }),
);

const priceText = textPricer('published');
const byDefault = messagePricer('published', undefined);
const byFile = messagePricer('published', { sha256: '', ...PUBLISHED_CARD });

const direct = () => messages.map(({ text }) => priceText(text));
const through = (price: MessagePricer) => () => messages.map((message) => price(message));

/** Microseconds a message by each way, and what the choice costs: ratios of the medians. */
export function measureRates(): readonly object[] {
  const works = [direct, through(byDefault), through(byFile)].map((run) => ({ units: TEXTS, run }));
  const [straight, usual, filed] = measureSideBySide(works, 400, 50);
  if (straight === undefined || usual === undefined || filed === undefined) throw new Error('no rounds');
  return [
    { what: 'the default rates / the engine directly', ratio: usual.median / straight.median, ...usual },
    { what: 'a file of rates / the engine directly', ratio: filed.median / straight.median, ...filed },
  ];
}

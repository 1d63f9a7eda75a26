import { textPricer } from '../src/engine/index.js';
import { PUBLISHED_CARD } from '../src/rates/published-card.js';
import type { Message } from '../src/source/message.js';
import { type MessagePricer, messagePricer } from '../src/usage/message-pricer.js';
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
    characters,
    textStart: start,
    textEnd: end,
  }),
);

const priceText = textPricer('published');
const byDefault = messagePricer('published', undefined);
const byFile = messagePricer('published', { name: 'published', sha256: '', dated: PUBLISHED_CARD });

const direct = () =>
  messages.map(({ characters, textStart, textEnd }) => priceText(characters, textStart, textEnd));
const through = (price: MessagePricer) => () => messages.map((message) => price(message));

const [first, second, third] = measureSideBySide(
  [direct, through(byDefault), through(byFile)].map((run) => ({ units: TEXTS, run })),
  400,
  50,
);
if (first === undefined || second === undefined || third === undefined) throw new Error('no rounds');
process.stdout.write(
  `${JSON.stringify({
    direct: first,
    byDefault: second,
    byFile: third,
    medians: { defaultOverDirect: second.median / first.median, fileOverDirect: third.median / first.median },
    // On a busy machine the best rounds are the ones nobody disturbed.
    best: { defaultOverDirect: second.min / first.min, fileOverDirect: third.min / first.min },
  })}\n`,
);

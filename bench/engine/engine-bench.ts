import type { Message } from '../../src/document/records.js';
import { RULESETS, textPricer } from '../../src/engine/index.js';
import { PUBLISHED_CARD } from '../../src/rates/rate-card.js';
import { type MessagePricer, messagePricer } from '../../src/usage/pricing/message-pricer.js';
import { measureWorks, type Spread, type Work } from '../side-by-side.js';
import { englishTexts, packWindows, type Window, wholeStrings, worldTexts } from './corpus.js';
import { priceNaively } from './naive.js';

/** One corpus. Times are microseconds a text of about 80 code units; the ratios compare medians. */
export interface EngineRow {
  readonly texts: string;
  readonly engine: Spread;
  /** decimal.js and regular expressions, on the same texts as strings of their own. */
  readonly naive: Spread;
  /** One `charCodeAt` a code unit and nothing else. */
  readonly bareLoop: Spread;
  readonly naiveOverEngine: number;
  readonly engineOverBareLoop: number;
}

const TEXTS = 1500;
const WARM_UP = 20;
/** The naive way is so much slower that a tenth of the texts fills its turn. */
const NAIVE_SHARE = 10;

const price = textPricer('published');

/**
 * Measures in interleaved rounds, so that a busy machine slows all alike. English comes first, in a fresh
 * engine, and again after everything else has run through the same code.
 */
export function measureEngine(rounds = 150): EngineRow[] {
  const english = englishTexts(TEXTS);
  const world = worldTexts(TEXTS);
  const first = [
    measureRow('English, strings, first', wholeStrings(english), rounds),
    measureRow('English, windows of 64 KiB, first', packWindows(english), rounds),
    measureRow('world, strings', wholeStrings(world), rounds),
    measureRow('world, windows of 64 KiB', packWindows(world), rounds),
  ];
  priceEveryOtherWay([...english, ...world]);
  return [
    ...first,
    measureRow('English, strings, after all else', wholeStrings(english), rounds),
    measureRow('English, windows of 64 KiB, after all else', packWindows(english), rounds),
  ];
}

function measureRow(texts: string, windows: readonly Window[], rounds: number): EngineRow {
  const strings = windows
    .filter((_, index) => index % NAIVE_SHARE === 0)
    .map(({ characters, start, end }) => characters.slice(start, end));
  const works: readonly Work[] = [
    { units: windows.length, run: () => priceWindows(windows) },
    { units: strings.length, run: () => strings.map((text) => priceNaively(text)) },
    { units: windows.length, run: () => readWindows(windows) },
  ];
  const [engine, naive, bareLoop] = measureWorks(works, rounds, WARM_UP);
  if (engine === undefined || naive === undefined || bareLoop === undefined) throw new Error('no rounds');
  return {
    texts,
    engine,
    naive,
    bareLoop,
    naiveOverEngine: naive.median / engine.median,
    engineOverBareLoop: engine.median / bareLoop.median,
  };
}

function priceWindows(windows: readonly Window[]): number {
  let total = 0;
  for (const { characters, start, end } of windows) total += Number(price(characters, start, end));
  return total;
}

function readWindows(windows: readonly Window[]): number {
  let sum = 0;
  for (const { characters, start, end } of windows) {
    for (let index = start; index < end; index++) sum += characters.charCodeAt(index);
  }
  return sum;
}

/** Slices, ropes and the other rulesets: whatever could leave the engine in a slower mode. */
function priceEveryOtherWay(texts: readonly string[]): void {
  const pricers = RULESETS.map((ruleset) => textPricer(ruleset));
  for (const text of texts) {
    const slice = `${text} ${text}`.slice(1);
    for (const pricer of pricers) {
      pricer(slice);
      pricer(`${text}, ${slice.length} ${text}`);
      pricer(`${text}\ud800`);
    }
  }
}

const MILLION = 1_000_000;

/** Texts of a million code units, chosen to be slow where time could grow with the square of their length; in milliseconds. */
export function measureLongTexts(rounds = 15): object[] {
  const texts = Object.entries({
    English: englishTexts(1, MILLION).join(''),
    'different words': Array.from({ length: 200_000 }, (_, index) => distinctWord(index)).join(' '),
    'one word': 'a'.repeat(MILLION - 1).concat('b'),
    'a palindrome': 'éÉ'.repeat(MILLION / 2),
    emoji: '👍'.repeat(MILLION / 2),
    'halves of pairs': '\udc4d'.repeat(MILLION),
  });
  const works = texts.map(([, text]) => ({ units: 1000, run: () => price(text) }));
  return measureWorks(works, rounds, 2).map((spread, index) => ({ text: texts[index]?.[0], ...spread }));
}

function distinctWord(index: number): string {
  return index.toString(26).replace(/\d/g, (digit) => String.fromCharCode(65 + Number(digit)));
}

/** What a choice of rates costs, in microseconds a message; the ratios compare medians with the engine's own pricer. */
export function measureRates(): object[] {
  const messages = englishTexts(5000).map(
    (text, id): Message => ({ id, timestamp: '2024-04-29T02:08:29.375Z', reportId: undefined, text }),
  );
  const byEngine: MessagePricer = ({ text }) => price(text);
  const byDefault = messagePricer('published', undefined);
  const byFile = messagePricer('published', { sha256: '', ...PUBLISHED_CARD });
  const works = [byEngine, byDefault, byFile].map((by) => ({
    units: messages.length,
    run: () => messages.map((message) => by(message)),
  }));
  const [straight, usual, filed] = measureWorks(works, 400, 50);
  if (straight === undefined || usual === undefined || filed === undefined) throw new Error('no rounds');
  return [
    { what: 'the default rates / the engine directly', ratio: usual.median / straight.median, ...usual },
    { what: 'a file of rates / the engine directly', ratio: filed.median / straight.median, ...filed },
  ];
}

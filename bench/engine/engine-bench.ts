import { RULESETS, textPricer } from '../../src/engine/index.js';
import { englishTexts, worldTexts } from './corpus.js';
import { priceNaively } from './naive.js';
import { measureSideBySide, type Spread, type Work } from './spread.js';
import { packWindows, type Window, wholeStrings } from './windows.js';

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
  const [engine, naive, bareLoop] = measureSideBySide(works, rounds, WARM_UP);
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

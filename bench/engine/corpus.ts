/** Words of leases and of ordinary English; the frequent ones come up often, as in real text. */
const ENGLISH =
  'the of a to in is for any there are what which lease tenant rent landlord clause break review term notice ' +
  'deposit premises repair obligation obligations restrictions alterations improvements assignment summary ' +
  'report generate please list date payment insurance schedule condition parties signed renewal option ' +
  'permitted use service charge how when who does it be under this with by from';

const OTHER =
  'договор аренды арендатор срок Größe Übergabe Mietvertrag naïve café résumé señor ñandú año façade ' +
  '日本語 テキスト 契約 賃貸 한국어 계약 임대 مرحبا بالعالم tenant lease the is for it’s l’été œuvre Ångström';

/** `count` different messages of about `length` code units; the same ones on every machine. */
export function englishTexts(count: number, length = 80): string[] {
  return texts(ENGLISH.split(' '), count, length);
}

/** As `englishTexts`, with letters of many scripts, marks and (in one text of four) an emoji. */
export function worldTexts(count: number, length = 80): string[] {
  return texts(OTHER.split(' '), count, length).map((text, index) => (index % 4 === 0 ? `${text} 👍` : text));
}

function texts(words: string[], count: number, length: number): string[] {
  const random = createRandom(20240429);
  return Array.from({ length: count }, () => sentence(words, length, random));
}

/** A sentence of `length` code units. */
export function sentence(words: readonly string[], length: number, random: () => number): string {
  let text = '';
  while (text.length < length) {
    const word = words[Math.floor(random() * words.length)] ?? '';
    text +=
      text === '' ? word.charAt(0).toUpperCase() + word.slice(1) : `${random() < 0.1 ? ', ' : ' '}${word}`;
  }
  return `${text.slice(0, length - 1)}?`;
}

/** Numbers from 0 to 1, the same ones on every machine (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A text as the streaming parser hands it over: a window into the chunk it arrived in. */
export interface Window {
  readonly characters: string;
  readonly start: number;
  readonly end: number;
}

const CHUNK = 64 * 1024;

/** The texts one after another in flat strings of about 64 Ki characters. */
export function packWindows(texts: readonly string[]): Window[] {
  const windows: Window[] = [];
  let chunk: string[] = [];
  let length = 0;
  const close = () => {
    const characters = flatten(chunk.join(''));
    let start = 0;
    for (const text of chunk) {
      windows.push({ characters, start, end: start + text.length });
      start += text.length;
    }
    chunk = [];
    length = 0;
  };
  for (const text of texts) {
    chunk.push(text);
    length += text.length;
    if (length >= CHUNK) close();
  }
  close();
  return windows;
}

/** Each text as a string of its own. */
export function wholeStrings(texts: readonly string[]): Window[] {
  return texts.map((text) => ({ characters: flatten(text), start: 0, end: text.length }));
}

/** Neither a rope nor a slice of another string, as `JSON.parse` makes it. */
function flatten(text: string): string {
  return JSON.parse(JSON.stringify(text));
}

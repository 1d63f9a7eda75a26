import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'bench/data';
const WORDS =
  'are there any restrictions on alterations or improvements to the premises that tenant may make during term of lease rent review clause break date landlord consent obligations repair service charge insurance'.split(
    ' ',
  );

/** Bytes written at a time. */
const BATCH = 1 << 20;

/**
 * A messages document of `count` messages of about 80 characters each (144 bytes a message), the same at every
 * run. With `reports`, every tenth message names one of that many reports; with as many as messages, each its own.
 *
 * @returns its path
 */
export function messagesDocument(count: number, reports = 0): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `messages-${count}${reports > 0 ? `-${reports}` : ''}.json`);
  if (existsSync(path)) return path;
  const random = generator(7);
  const file = openSync(`${path}.part`, 'w');
  let text = '{"messages":[';
  for (let index = 0; index < count; index++) {
    const message = {
      text: sentence(random),
      timestamp: new Date(1714348109375 + index * 250).toISOString(),
      report_id: reports === count ? index + 1 : someReport(reports, random),
      id: 1000 + index,
    };
    text += `${index === 0 ? '' : ','}${JSON.stringify(message)}`;
    if (text.length >= BATCH) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, `${text}]}`);
  closeSync(file);
  renameSync(`${path}.part`, path);
  return path;
}

/** Undefined, which JSON leaves out, for nine messages of ten. */
function someReport(reports: number, random: (below: number) => number): number | undefined {
  return reports > 0 && random(10) === 0 ? 1 + random(reports) : undefined;
}

function sentence(random: (below: number) => number): string {
  let text = '';
  while (text.length < 74) text += `${text === '' ? '' : ' '}${WORDS[random(WORDS.length)]}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}?`;
}

/** A linear congruential generator: numbers from 0 to `below` − 1, the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, sentence } from '../engine/corpus.js';

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
  const random = createRandom(7);
  const file = openSync(`${path}.part`, 'w');
  let text = '{"messages":[';
  for (let index = 0; index < count; index++) {
    const message = {
      text: sentence(WORDS, 80, random),
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
function someReport(reports: number, random: () => number): number | undefined {
  return reports > 0 && random() < 0.1 ? 1 + Math.floor(random() * reports) : undefined;
}

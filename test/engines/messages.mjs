/*
 * Messages of about 80 characters, one JSON object a line, the same at every run: a quarter name one of a thousand reports,
 * of which each tenth does not exist.
 * Usage: node messages.mjs COUNT MESSAGES.ndjson REPORTS.ndjson
 */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';

const [count = '0', messages = '', reports = ''] = process.argv.slice(2);
const words =
  'are there any restrictions on alterations or improvements to the premises that tenant may make during term of lease'.split(
    ' ',
  );
let state = 7;
const random = (below) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % below;
};
const sentence = () => {
  let text = '';
  while (text.length < 76) text += `${text === '' ? '' : ' '}${words[random(words.length)]}`;
  return `${text}?`;
};

const file = openSync(messages, 'w');
let lines = [];
for (let index = 0; index < Number(count); index++) {
  const timestamp = new Date(1_711_929_600_000 + index).toISOString();
  const report = random(4) === 0 ? { report_id: 1 + random(1000) } : {};
  lines.push(`${JSON.stringify({ id: 1000 + index, timestamp, text: sentence(), ...report })}\n`);
  if (lines.length === 10_000 || index + 1 === Number(count)) {
    writeSync(file, lines.join(''));
    lines = [];
  }
}
closeSync(file);
const existing = Array.from({ length: 1000 }, (_, index) => index + 1).filter((id) => id % 10 !== 0);
writeFileSync(
  reports,
  existing
    .map((id) => `${JSON.stringify({ id, name: `Report ${id}`, credit_cost: (id % 90) + 0.25 })}\n`)
    .join(''),
);

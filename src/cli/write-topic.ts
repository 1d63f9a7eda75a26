import { wrapWords } from '../render/wrap-words.js';
import { deliver } from './deliver.js';
import { loadTopic, TOPIC_NAMES, type TopicSection } from './help/topics.js';
import type { Run } from './host.js';

/** Columns; the same everywhere, as help is. */
const WIDTH = 80;

/** Prints a topic of help. */
export async function writeTopic(name: string, run: Run): Promise<void> {
  const topic = TOPIC_NAMES.find((each) => each === name);
  const sections = topic === undefined ? [] : await loadTopic(topic);
  const text = sections.map(sectionText).join('\n');
  await deliver({ output: undefined }, run, async (sink) => sink.write(text));
}

function sectionText({ title, entries, notes }: TopicSection): string {
  const longest = Math.max(...entries.map(([term]) => term.length));
  // Terms that would leave no room have their text beneath.
  const indent = Math.min(longest, 24) + 4;
  const rows = entries.flatMap(([term, text]) => {
    const lines = wrapped(text, indent);
    const beside = term.length + 4 <= indent ? lines.shift()?.slice(indent) : undefined;
    return [`  ${term.padEnd(beside === undefined ? 0 : indent - 2)}${beside ?? ''}`, ...lines];
  });
  const paragraphs = notes.flatMap((note) => ['', ...wrapped(note, 2)]);
  return [`${title}:`, ...rows, ...paragraphs].map((line) => `${line}\n`).join('');
}

function wrapped(text: string, indent: number): string[] {
  return [...wrapWords(text.split(' '), WIDTH - indent)].map((line) => ' '.repeat(indent) + line);
}

import { deliver } from './deliver.js';
import { helpWidth, itemLines, textLines } from './help/layout.js';
import { loadTopic, TOPIC_NAMES, type TopicSection } from './help/topics.js';
import type { Run } from './host.js';

/** Columns; longer terms have their text beneath. */
const LONGEST_TERM = 24;

/** Prints a topic of help. */
export async function writeTopic(name: string, run: Run): Promise<void> {
  const topic = TOPIC_NAMES.find((each) => each === name);
  const sections = topic === undefined ? [] : await loadTopic(topic);
  const width = helpWidth(run.host);
  const text = sections.map((section) => sectionText(section, width)).join('\n');
  await deliver({ output: undefined }, run, async (writer) => writer.write(text));
}

function sectionText({ title, entries, notes }: TopicSection, width: number): string {
  const longest = Math.min(LONGEST_TERM, Math.max(...entries.map(([term]) => term.length)));
  const rows = entries.flatMap(([term, text]) => itemLines(term, text, longest, width));
  const paragraphs = notes.flatMap((note) => ['', ...textLines(note, 2, width)]);
  return [`${title}:`, ...rows, ...paragraphs].map((line) => `${line}\n`).join('');
}

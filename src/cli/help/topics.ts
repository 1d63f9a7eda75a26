import type { Host } from '../process/host.js';
import { helpWidth, itemLines, type TopicSection, textLines } from './layout.js';

/** What `help` explains beside the commands. */
export const TOPICS = {
  'exit-codes': 'what each exit status means',
  environment: 'the variables that are read',
  pricing: 'how a message becomes credits',
} as const;
export type Topic = keyof typeof TOPICS;
export const TOPIC_NAMES: readonly Topic[] = ['exit-codes', 'environment', 'pricing'];

export async function loadTopic(topic: Topic): Promise<readonly TopicSection[]> {
  switch (topic) {
    case 'exit-codes':
      return (await import('./exit-codes.js')).exitCodes();
    case 'environment':
      return (await import('./environment.js')).environment();
    case 'pricing':
      return (await import('./pricing.js')).pricing();
  }
}

/** Columns; longer terms have their text beneath. */
const LONGEST_TERM = 24;

/** A topic of help, as it is shown. */
export async function topicText(name: string, host: Host): Promise<string> {
  const topic = TOPIC_NAMES.find((each) => each === name);
  const sections = topic === undefined ? [] : await loadTopic(topic);
  const width = helpWidth(host);
  return sections.map((section) => sectionText(section, width)).join('\n');
}

function sectionText({ title, entries, notes }: TopicSection, width: number): string {
  const longest = Math.min(LONGEST_TERM, Math.max(...entries.map(([term]) => term.length)));
  const rows = entries.flatMap(([term, text]) => itemLines(term, text, longest, width));
  const paragraphs = notes.flatMap((note) => ['', ...textLines(note, 2, width)]);
  return [`${title}:`, ...rows, ...paragraphs].map((line) => `${line}\n`).join('');
}

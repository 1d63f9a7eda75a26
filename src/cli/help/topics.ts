/** What `help` explains beside the commands. */
export const TOPICS = {
  'exit-codes': 'what each exit status means',
  environment: 'the variables that are read',
  pricing: 'how a message becomes credits',
} as const;
export type Topic = keyof typeof TOPICS;
export const TOPIC_NAMES: readonly Topic[] = ['exit-codes', 'environment', 'pricing'];

/** The rows of a topic, for the terminal and for the man page. */
export interface TopicSection {
  readonly title: string;
  readonly entries: readonly (readonly [term: string, text: string])[];
  /** Paragraphs after the entries. */
  readonly notes: readonly string[];
}

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

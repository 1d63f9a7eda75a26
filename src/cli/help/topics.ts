import { SERVICE_SETTINGS } from '../../config/service-settings.js';
import { type Setting, variablesOf } from '../../config/setting.js';
import { SETTINGS } from '../../config/settings.js';
import { formatAmount, PUBLISHED_RATES } from '../../engine/index.js';
import { RULES, RULES_OF } from '../../engine/rules.js';
import { ERRORS, SIGNAL_STATUS } from '../../errors.js';
import { itemLines, textLines } from './layout.js';

type Entry = readonly [term: string, text: string];

/** The rows of a topic, for the terminal and for the man page. */
export interface TopicSection {
  readonly title: string;
  readonly entries: readonly Entry[];
  /** Paragraphs after the entries. */
  readonly notes: readonly string[];
}

const EXIT_CODES: readonly TopicSection[] = [
  {
    title: 'Exit status',
    entries: statuses(),
    notes: [
      'After any but 0 and 1 nothing was written: stdout is empty, and the file of --output is what it was. --stream and price are the exceptions: they write as they read.',
      'With --json or --ndjson the error on stderr is one line of JSON: {"error":{"code":…,"message":…,"exit_code":…}}.',
    ],
  },
];

/** Each status once, with the first meaning that the table of errors has for it. */
function statuses(): Entry[] {
  const meanings = new Map<number, string>([
    [0, 'done; also when the reader of a pipe left early, as head does'],
    [1, 'diff and verify: the two differ; budget: over its limit'],
  ]);
  for (const [code, { exitCode, meaning }] of Object.entries(ERRORS)) {
    if (code !== 'interrupted' && !meanings.has(exitCode)) meanings.set(exitCode, meaning);
  }
  for (const [signal, status] of Object.entries(SIGNAL_STATUS)) meanings.set(status, `stopped by ${signal}`);
  return [...meanings].map(([status, meaning]) => [`${status}`, meaning]);
}

const ENVIRONMENT: readonly TopicSection[] = [
  {
    title: 'Settings',
    entries: Object.entries<Setting<unknown>>(SETTINGS).map(variableEntry),
    notes: [
      'A flag overrides the environment, the environment overrides .env in the working folder (or the file of --env-file), and that overrides the default. An empty variable counts as not set. An unknown name that begins with O_COPILOT_ is an error. o-copilot config shows what is in force and why.',
    ],
  },
  {
    title: 'Settings of serve',
    entries: Object.entries<Setting<unknown>>(SERVICE_SETTINGS).map(variableEntry),
    notes: ['HOST and PORT are read where O_COPILOT_HOST and O_COPILOT_PORT are not set.'],
  },
  {
    title: 'Others',
    entries: [
      ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'proxies, and the hosts that are reached without'],
      ['NODE_EXTRA_CA_CERTS', 'file of further certificates to trust (PEM)'],
      ['NO_COLOR, FORCE_COLOR, TERM=dumb', 'whether there is colour; --color overrides them'],
      ['CI', 'no spinner, as with --quiet'],
      ['TMPDIR', 'where large results are buffered until they are complete'],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'where traces go (OpenTelemetry); without it there are none'],
      ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'the same for traces alone'],
      ['OTEL_SERVICE_NAME, OTEL_SDK_DISABLED', 'as OpenTelemetry specifies them'],
    ],
    notes: [],
  },
];

function variableEntry([name, setting]: [string, Setting<unknown>]): Entry {
  const fallback = setting.default ?? setting.unset;
  const shown = fallback === undefined ? '' : ` (default ${fallback})`;
  return [variablesOf(name, setting)[0], `${setting.description}${shown}`];
}

/** The rules in short; the figures are those of the engine. */
const PRICING: readonly TopicSection[] = [
  {
    title: 'Which price applies',
    entries: [
      [
        'its report',
        'where the message names a report that exists: the cost of the report, whatever the text',
      ],
      ['its text', 'where it names none, or one that does not exist (HTTP 404, and only 404)'],
    ],
    notes: [
      'A report that cannot be read for any other reason ends the run: a guess would be a wrong bill. Amounts are exact decimals; nothing is rounded.',
    ],
  },
  {
    title: 'By text: the rules published',
    entries: RULES_OF.published.map(ruleEntry),
    notes: [
      'A character is a Unicode code point. A word is a run of letters, combining marks, apostrophes and hyphens; upper and lower case differ. A palindrome reads the same backwards by its letters and numbers alone, whatever their case.',
      'o-copilot explain shows every step of one price.',
    ],
  },
  {
    title: 'Other rules (--rules)',
    entries: [
      [
        'service',
        'those of the earlier HTTP service, to check its bills: words are the text between single spaces, and the palindrome doubles before the unique words are counted',
      ],
      ['tokens', '0.1 for each character (4 are a token, 100 tokens are 40 credits), never below 1'],
    ],
    notes: ['--rates FILE puts other figures in place of the published ones; o-copilot rates shows them.'],
  },
];

function ruleEntry(name: (typeof RULES_OF.published)[number]): Entry {
  const rates = PUBLISHED_RATES;
  const rule = RULES[name];
  const [title, text] = rule.help(rates.thresholds);
  if (rule.kind === 'factor') return [title, `the total times ${rates[rule.factor.name]}${text}`];
  const amount = formatAmount(rates[rule.rate.name]);
  if (!('takenOff' in rule)) return [title, `${amount}${text}`];
  const floor = formatAmount(rates[rule.takenOff.floor.name]);
  return [title, `-${amount}${text}, but never below ${floor}`];
}

interface Topic {
  readonly summary: string;
  readonly sections: readonly TopicSection[];
}

/** What `help` explains beside the commands. */
export const TOPICS = {
  'exit-codes': { summary: 'what each exit status means', sections: EXIT_CODES },
  environment: { summary: 'the variables that are read', sections: ENVIRONMENT },
  pricing: { summary: 'how a message becomes credits', sections: PRICING },
} as const satisfies Readonly<Record<string, Topic>>;

/** Columns; longer terms have their text beneath. */
const LONGEST_TERM = 24;

export function topicText({ sections }: Topic, width: number): string {
  return sections.map((section) => sectionText(section, width)).join('\n');
}

function sectionText({ title, entries, notes }: TopicSection, width: number): string {
  const longest = Math.min(LONGEST_TERM, Math.max(...entries.map(([term]) => term.length)));
  const rows = entries.flatMap(([term, text]) => itemLines(term, text, longest, width));
  const paragraphs = notes.flatMap((note) => ['', ...textLines(note, 2, width)]);
  return [`${title}:`, ...rows, ...paragraphs].map((line) => `${line}\n`).join('');
}

/** How to see the topics, for the end of the program's help. */
export function topicList(width: number): string {
  const terms = Object.entries(TOPICS).map(
    ([name, { summary }]) => [`o-copilot help ${name}`, summary] as const,
  );
  const longest = Math.max(...terms.map(([term]) => term.length));
  return [
    ...textLines('Without a command: usage. More:', 0, width),
    ...terms.flatMap(([term, text]) => itemLines(term, text, longest, width)),
  ].join('\n');
}

import { extname } from 'node:path';

interface FormatDeclaration {
  readonly name: string;
  readonly description: string;
  /** Endings of `--output` that stand for it. */
  readonly endings: readonly string[];
  readonly mediaType: string;
  /** What it can hold: rows of usage, a sum of rows, one document such as a diff. */
  readonly rows: true;
  readonly summary?: true;
  readonly document?: true;
  /** For programs: `diff` and the other commands that take exports read it back, and the service offers it. */
  readonly data?: true;
}

/**
 * Every format, declared once, in the order of help: the flags, `--format`, the endings of `--output`, shell
 * completion, the service's content negotiation and the readers derive from this list.
 */
const DECLARED = [
  {
    name: 'json',
    description: 'one JSON document',
    endings: ['.json'],
    mediaType: 'application/json',
    rows: true,
    summary: true,
    document: true,
    data: true,
  },
  {
    name: 'ndjson',
    description: 'one JSON object a line',
    endings: ['.ndjson', '.jsonl'],
    mediaType: 'application/x-ndjson',
    rows: true,
    summary: true,
    data: true,
  },
  {
    name: 'csv',
    description: 'comma-separated values with a header (RFC 4180)',
    endings: ['.csv'],
    mediaType: 'text/csv',
    rows: true,
    summary: true,
    data: true,
  },
  {
    name: 'tsv',
    description: 'tab-separated values with a header; a tab or line break in a text is \\t, \\n or \\r',
    endings: ['.tsv'],
    mediaType: 'text/tab-separated-values',
    rows: true,
    summary: true,
    data: true,
  },
  {
    name: 'table',
    description: 'a table for people (the default)',
    endings: ['.txt'],
    mediaType: 'text/plain',
    rows: true,
    summary: true,
    document: true,
  },
  {
    name: 'html',
    description: 'one self-contained page: chart, sortable table, totals',
    endings: ['.html', '.htm'],
    mediaType: 'text/html',
    rows: true,
  },
  {
    name: 'focus',
    description: 'CSV with the columns of the FinOps FOCUS specification (docs/focus.md)',
    endings: [],
    mediaType: 'text/csv',
    rows: true,
  },
] as const satisfies readonly FormatDeclaration[];

type Declared = (typeof DECLARED)[number];
export type Format = Declared['name'];
export type SummaryFormat = Extract<Declared, { summary: true }>['name'];
export type DocumentFormat = Extract<Declared, { document: true }>['name'];
export type DataFormat = Extract<Declared, { data: true }>['name'];

export const ROW_FORMATS: readonly Format[] = DECLARED.map(({ name }) => name);
export const SUMMARY_FORMATS: readonly SummaryFormat[] = DECLARED.filter((each) => 'summary' in each).map(
  ({ name }) => name,
);
export const DOCUMENT_FORMATS: readonly DocumentFormat[] = DECLARED.filter((each) => 'document' in each).map(
  ({ name }) => name,
);
export const DATA_FORMATS: readonly DataFormat[] = DECLARED.filter((each) => 'data' in each).map(
  ({ name }) => name,
);

const BY_NAME: ReadonlyMap<Format, FormatDeclaration> = new Map(DECLARED.map((each) => [each.name, each]));

export function declarationOf(format: Format): FormatDeclaration {
  const declared = BY_NAME.get(format);
  if (declared === undefined) throw new Error(`no format ${format}`);
  return declared;
}

/** The ending of a file's name, in lower case; empty where it has none. */
export function endingOf(file: string): string {
  return extname(file).toLowerCase();
}

/** The format that an ending stands for. */
export function formatOfEnding(ending: string): Format | undefined {
  const endsSo = ({ endings }: FormatDeclaration) => endings.includes(ending);
  return DECLARED.find(endsSo)?.name;
}

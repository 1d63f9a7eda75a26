import { extname } from 'node:path';
import type { Instant } from '../calendar/instant.js';
import type { TimeZone } from '../calendar/time-zone.js';
import type { READABLE_FORMATS } from '../document/export.js';
import type { CreditPrices } from '../rates/money.js';
import type { Summary } from '../usage/summary/summary.js';
import type { DelimitedOptions } from './data/dialect.js';
import type { BillingAccount } from './data/focus.js';
import type { SummaryFacts } from './documents/summary.js';
import type { PageSubject } from './page/page.js';
import type { Field, FieldName, Piece, Renderer } from './rows.js';
import type { Terminal } from './table/lines.js';
import type { NewTableWriter } from './typed/columns.js';

/** What rows in a format for programs depend on. */
interface DataOptions extends DelimitedOptions {
  readonly fields: readonly Field[];
  /** How many messages the period has, where the rows are not all of them. */
  readonly outOf: () => number | undefined;
}

/** What rows in any format depend on; each takes what it needs. */
interface RowOptions extends DataOptions {
  /** Where days and months begin. */
  readonly zone: TimeZone;
  readonly terminal: () => Promise<Terminal>;
  readonly subject: PageSubject;
  /** What a page takes for now. */
  readonly asOf: Instant;
  /** What a credit costs, where it has a price. */
  readonly prices: CreditPrices | undefined;
  readonly account: BillingAccount;
}

interface SummaryOptions extends DelimitedOptions {
  readonly terminal: () => Promise<Terminal>;
}

type FormatOption = 'fields' | 'delimiter' | 'bom' | 'withText' | 'accountId' | 'accountName';

interface Declaration<Rows = RowOptions, Sums = SummaryOptions> {
  readonly description: string;
  /** Endings of `--output` that choose it. */
  readonly endings: readonly string[];
  readonly mediaType: string;
  /** Of the media type, beside `charset`. */
  readonly parameters?: string;
  /** Options beside the format that it follows. */
  readonly options: readonly FormatOption[];
  /** Whether it can hold one document such as a diff. */
  readonly document?: true;
  /** Fields beside those of the contract, where a credit has a price. */
  readonly priced?: readonly FieldName[];
  /** Whether it is no text: nothing for a terminal. */
  readonly binary?: true;
  /** Makes renderers of rows, a fresh one for each reading of the messages. */
  readonly rows: (options: Rows) => Promise<() => Renderer>;
  /** The pieces of a summary, where it can hold one. */
  readonly summary?: (summary: Summary, facts: SummaryFacts, options: Sums) => Promise<Iterable<Piece>>;
}

type DataDeclaration = Required<Pick<Declaration<DataOptions, DelimitedOptions>, 'summary'>> &
  Declaration<DataOptions, DelimitedOptions>;

/** One file for the usual formats for programs, so that a start does not wait for several. */
const data = () => import('./data/data.js');

function delimited(dialect: 'csvDialect' | 'tsvDialect'): Pick<DataDeclaration, 'rows' | 'summary'> {
  return {
    rows: async (options) => {
      const { [dialect]: dialectOf, delimitedRenderer } = await data();
      return () => delimitedRenderer(dialectOf(options), options);
    },
    summary: async (summary, _, options) => {
      const { [dialect]: dialectOf, delimitedSummary } = await data();
      return delimitedSummary(dialectOf(options), summary, options);
    },
  };
}

/** The renderers of a format whose columns have types. */
function withTypes(load: () => Promise<NewTableWriter>): Pick<DataDeclaration, 'rows' | 'summary'> {
  const loaded = () => Promise.all([import('./typed/columns.js'), load()]);
  return {
    rows: async ({ fields, outOf }) => {
      const [{ typedRows }, newWriter] = await loaded();
      return () => typedRows(newWriter, fields, outOf);
    },
    summary: async (summary, facts) => {
      const [{ typedSummary }, newWriter] = await loaded();
      return typedSummary(newWriter, summary, facts);
    },
  };
}

/*
 * Every format, declared once, in the order of help: the flags, `--format`, the endings of `--output`, shell
 * completion, the service's content negotiation and the readers derive from these lists.
 */

/** For programs: the service offers them, and `diff` and the other commands that take exports read them back. */
const READABLE = {
  json: {
    description: 'one JSON document',
    endings: ['.json'],
    mediaType: 'application/json',
    options: ['fields'],
    document: true,
    rows: async ({ fields }) => {
      const { jsonRenderer } = await data();
      return () => jsonRenderer(fields);
    },
    summary: async (summary, facts) => (await data()).summaryJson(summary, facts),
  },
  ndjson: {
    description: 'one JSON object a line',
    endings: ['.ndjson', '.jsonl'],
    mediaType: 'application/x-ndjson',
    options: ['fields'],
    rows: async ({ fields }) => {
      const { ndjsonRenderer } = await data();
      return () => ndjsonRenderer(fields);
    },
    summary: async (summary) => (await data()).summaryNdjson(summary),
  },
  csv: {
    description: 'comma-separated values with a header (RFC 4180)',
    endings: ['.csv'],
    mediaType: 'text/csv',
    parameters: 'header=present',
    options: ['fields', 'delimiter', 'bom'],
    ...delimited('csvDialect'),
  },
  tsv: {
    description: 'tab-separated values with a header; a tab or line break in a text is \\t, \\n or \\r',
    endings: ['.tsv'],
    mediaType: 'text/tab-separated-values',
    options: ['fields', 'bom'],
    ...delimited('tsvDialect'),
  },
} satisfies Record<(typeof READABLE_FORMATS)[number], DataDeclaration>;

/** For programs as well, and no texts. */
const BINARY = {
  xlsx: {
    description: 'an Excel workbook, with a filter and a total',
    endings: ['.xlsx'],
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    options: ['fields'],
    priced: ['cost', 'currency'],
    binary: true,
    ...withTypes(async () => (await import('./typed/xlsx.js')).xlsxWriter),
  },
  parquet: {
    description: 'Apache Parquet, for DuckDB, Spark and other data tools',
    endings: ['.parquet'],
    mediaType: 'application/vnd.apache.parquet',
    options: ['fields'],
    binary: true,
    ...withTypes(async () => (await import('./typed/parquet.js')).parquetWriter),
  },
} satisfies Record<string, DataDeclaration>;

export const FORMATS = {
  ...READABLE,
  table: {
    description: 'a table for people (the default)',
    endings: ['.txt'],
    mediaType: 'text/plain',
    options: ['fields'],
    priced: ['cost'],
    document: true,
    rows: async ({ fields, outOf, terminal, prices }) => {
      const [{ tableRenderer }, shown] = await Promise.all([import('./table/usage-table.js'), terminal()]);
      return () => tableRenderer(fields, { ...shown, outOf, currency: prices?.currency });
    },
    summary: async (summary, facts, { terminal }) => {
      const [{ summaryTable }, shown] = await Promise.all([import('./table/summary-table.js'), terminal()]);
      return summaryTable(summary, facts, shown);
    },
  },
  html: {
    description: 'one self-contained page: chart, sortable table, totals',
    endings: ['.html', '.htm'],
    mediaType: 'text/html',
    options: ['withText'],
    rows: async ({ zone, subject, asOf }) => {
      const { loadPageShell, pageRenderer } = await import('./page/page.js');
      const shell = await loadPageShell();
      return () => pageRenderer(shell, zone, subject, () => asOf);
    },
  },
  focus: {
    description: 'CSV with the columns of the FinOps FOCUS specification (docs/focus.md)',
    endings: [],
    mediaType: 'text/csv',
    options: ['accountId', 'accountName'],
    rows: async (options) => {
      const { focusRenderer } = await import('./data/focus.js');
      return () => focusRenderer(options);
    },
  },
  ...BINARY,
  markdown: {
    description: 'a table in GitHub Flavored Markdown, for a ticket',
    endings: ['.md'],
    mediaType: 'text/markdown',
    options: ['fields'],
    priced: ['cost'],
    rows: async ({ fields, outOf, prices }) => {
      const { markdownRenderer } = await import('./table/markdown.js');
      return () => markdownRenderer(fields, { outOf, currency: prices?.currency });
    },
    summary: async (summary, facts) => {
      const { markdownSummary } = await import('./table/markdown.js');
      return markdownSummary(summary, facts);
    },
  },
} satisfies Record<string, Declaration>;

export type Format = keyof typeof FORMATS;
export type DataFormat = keyof typeof READABLE | keyof typeof BINARY;
type With<Member extends string> = {
  [Each in Format]: (typeof FORMATS)[Each] extends Readonly<Record<Member, unknown>> ? Each : never;
}[Format];
export type SummaryFormat = With<'summary'>;
export type DocumentFormat = With<'document'>;

const isFormat = (name: string): name is Format => Object.hasOwn(FORMATS, name);
const isDataFormat = (format: Format): format is DataFormat =>
  Object.hasOwn(READABLE, format) || Object.hasOwn(BINARY, format);
const isSummaryFormat = (format: Format): format is SummaryFormat => 'summary' in FORMATS[format];
const isDocumentFormat = (format: Format): format is DocumentFormat => 'document' in FORMATS[format];

export const ROW_FORMATS: readonly Format[] = Object.keys(FORMATS).filter(isFormat);
export const DATA_FORMATS: readonly DataFormat[] = ROW_FORMATS.filter(isDataFormat);
export const SUMMARY_FORMATS: readonly SummaryFormat[] = ROW_FORMATS.filter(isSummaryFormat);
export const DOCUMENT_FORMATS: readonly DocumentFormat[] = ROW_FORMATS.filter(isDocumentFormat);

export function declarationOf(format: Format): Declaration {
  return FORMATS[format];
}

/** The ending of a file's name, in lower case; empty where it has none. */
export function endingOf(file: string): string {
  return extname(file).toLowerCase();
}

/** The format that an ending chooses. */
export function formatOfEnding(ending: string): Format | undefined {
  return ROW_FORMATS.find((format) => declarationOf(format).endings.includes(ending));
}

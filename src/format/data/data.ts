import type { Report } from '../../document/records.js';
import { type Literal, literal } from '../../json/spans.js';
import type { UsageItem } from '../../usage/pricing/priced-row.js';
import type { Summary } from '../../usage/summary/summary.js';
import { summaryColumns } from '../documents/summary.js';
import type { Field, PlainValue, Renderer } from '../rows.js';
import { jsonString } from '../text.js';
import { type DelimitedOptions, type Dialect, delimitedTable, headOf } from './dialect.js';
import { putPlainValue, RowBytes } from './row-bytes.js';

// The formats for programs are one module, so that a start loads one file for them.
export { summaryJson, summaryNdjson } from '../documents/summary.js';
export { csvDialect, tsvDialect } from './dialect.js';

const COMMA = 0x2c;
const NEW_LINE = 0x0a;
const CLOSE = 0x7d;
const EMPTY = literal('{}');
const CLOSE_QUOTED = literal('"}');

/** `{"usage":[…]}`, one item a line. */
export function jsonRenderer(fields: readonly Field[]): Renderer {
  const members = membersOf(fields);
  const out = new RowBytes();
  let isFirst = true;
  return {
    head: () => '{"usage":[',
    rows(items) {
      for (const item of items) {
        if (!isFirst) out.byte(COMMA);
        isFirst = false;
        out.byte(NEW_LINE);
        putObject(members, item, out);
      }
      return out.take();
    },
    tail: () => [isFirst ? ']}\n' : '\n]}\n'],
  };
}

/** The items of the contract, one a line, and nothing else. */
export function ndjsonRenderer(fields: readonly Field[]): Renderer {
  const members = membersOf(fields);
  const out = new RowBytes();
  return {
    head: () => '',
    rows(items) {
      for (const item of items) {
        putObject(members, item, out);
        out.byte(NEW_LINE);
      }
      return out.take();
    },
    tail: () => [],
  };
}

/** A member of the object. Fewer pieces are faster, so everything before its value is one literal, chosen by what precedes it. */
interface Member {
  readonly atStart: Literal;
  readonly afterBare: Literal;
  readonly afterQuoted: Literal;
  /** Whether the literals hold the quotes of its value: the first in its own, the second in those of the next member. */
  readonly isQuoted: boolean;
  readonly plain: PlainValue | undefined;
  /** The value as JSON, where it is not a plain one; undefined where the row has none. */
  readonly json: (item: UsageItem) => string | undefined;
}

function membersOf(fields: readonly Field[]): Member[] {
  return fields.map((field) => {
    // The other plain values are numbers.
    const isQuoted = field.plain === 'timestamp';
    const name = `${JSON.stringify(field.name)}:${isQuoted ? '"' : ''}`;
    return {
      atStart: literal(`{${name}`),
      afterBare: literal(`,${name}`),
      afterQuoted: literal(`",${name}`),
      isQuoted,
      plain: field.plain,
      json: field.name === 'report_name' ? reportNames() : (item) => memberJson(field, item),
    };
  });
}

/** One row as a JSON object; a field that a row does not have is left out. */
function putObject(members: readonly Member[], item: UsageItem, out: RowBytes): void {
  let before: 'nothing' | 'bare' | 'quoted' = 'nothing';
  for (const member of members) {
    const { plain } = member;
    const value = plain === undefined ? member.json(item) : '';
    if (value === undefined) continue;
    out.literal(
      before === 'nothing' ? member.atStart : before === 'bare' ? member.afterBare : member.afterQuoted,
    );
    if (plain === undefined) out.text(value);
    else putPlainValue(plain, item, out);
    before = member.isQuoted ? 'quoted' : 'bare';
  }
  if (before === 'bare') out.byte(CLOSE);
  else out.literal(before === 'quoted' ? CLOSE_QUOTED : EMPTY);
}

function memberJson(field: Field, item: UsageItem): string | undefined {
  const value = field.value(item);
  if (value === undefined || field.type(item) === 'number') return value;
  return field.type(item) === 'plain' ? `"${value}"` : jsonString(value);
}

/** Each report's name as JSON, made once a report. */
function reportNames(): (item: UsageItem) => string | undefined {
  const names = new Map<Report, string>();
  return ({ report }) => {
    if (report === undefined) return undefined;
    let json = names.get(report);
    if (json === undefined) {
      json = jsonString(report.name);
      names.set(report, json);
    }
    return json;
  };
}

/** Rows as CSV (RFC 4180: CRLF, quotes only where a cell needs them) or TSV. A header always. */
export function delimitedRenderer(
  dialect: Dialect,
  { fields, bom }: DelimitedOptions & { readonly fields: readonly Field[] },
): Renderer {
  const { cell } = dialect;
  const separator = literal(dialect.delimiter);
  const endOfRow = literal(dialect.endOfRow);
  const out = new RowBytes();
  const put = (item: UsageItem, { plain, value, type }: Field) => {
    if (plain !== undefined) return putPlainValue(plain, item, out);
    const text = value(item) ?? '';
    if (text === '') return;
    if (type(item) === 'text') out.text(cell(text));
    else out.ascii(text);
  };
  return {
    head: () =>
      headOf(
        fields.map(({ name }) => name),
        bom,
        dialect,
      ),
    rows(items) {
      for (const item of items) {
        let first = true;
        for (const field of fields) {
          if (!first) out.literal(separator);
          first = false;
          put(item, field);
        }
        out.literal(endOfRow);
      }
      return out.take();
    },
    tail: () => [],
  };
}

/** The groups of a summary in the same dialects. */
export const delimitedSummary = (dialect: Dialect, summary: Summary, { bom }: DelimitedOptions) =>
  delimitedTable(summaryColumns(summary), summary.groups, bom, dialect);

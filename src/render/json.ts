import { literal } from '../source/literal.js';
import type { Report } from '../source/report.js';
import type { UsageItem } from '../usage/item.js';
import type { Field } from './fields.js';
import { jsonString } from './json-string.js';
import type { Renderer } from './renderer.js';
import { createRowBytes, type RowBytes } from './row-bytes.js';

const OPEN = literal('{');
const CLOSE = literal('}');
const QUOTE = literal('"');
const NEW_LINE = literal('\n');
const COMMA_NEW_LINE = literal(',\n');

/** `{"usage":[…]}`, one item a line. */
export function jsonRenderer(fields: readonly Field[]): Renderer {
  const put = objectWriter(fields);
  const out = createRowBytes();
  let separator = NEW_LINE;
  return {
    head: () => '{"usage":[',
    rows(items) {
      for (const item of items) {
        out.literal(separator);
        separator = COMMA_NEW_LINE;
        put(item, out);
      }
      return out.take();
    },
    tail: () => [separator === NEW_LINE ? ']}\n' : '\n]}\n'],
  };
}

/** The items of the contract, one a line, and nothing else. */
export function ndjsonRenderer(fields: readonly Field[]): Renderer {
  const put = objectWriter(fields);
  const out = createRowBytes();
  return {
    head: () => '',
    rows(items) {
      for (const item of items) {
        put(item, out);
        out.literal(NEW_LINE);
      }
      return out.take();
    },
    tail: () => [],
  };
}

type RowWriter = (item: UsageItem, out: RowBytes) => void;

/** One row as a JSON object; a field that a row does not have is left out. */
function objectWriter(fields: readonly Field[]): RowWriter {
  const members = fields.map(memberWriter);
  return (item, out) => {
    out.literal(OPEN);
    const start = out.size();
    for (const member of members) member(item, out, out.size() === start);
    out.literal(CLOSE);
  };
}

/** One member of the object, with the comma before it unless it is the first. */
function memberWriter(field: Field): (item: UsageItem, out: RowBytes, first: boolean) => void {
  const { put } = field;
  const quote = put?.quoted ? '"' : '';
  const first = literal(`${JSON.stringify(field.name)}:${quote}`);
  const next = literal(`,${JSON.stringify(field.name)}:${quote}`);
  if (put !== undefined) {
    const { write, quoted } = put;
    return (item, out, isFirst) => {
      out.literal(isFirst ? first : next);
      write(item, out);
      if (quoted) out.literal(QUOTE);
    };
  }
  const json = field.name === 'report_name' ? reportNames() : (item: UsageItem) => memberJson(field, item);
  return (item, out, isFirst) => {
    const value = json(item);
    if (value === undefined) return;
    out.literal(isFirst ? first : next);
    out.text(value);
  };
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

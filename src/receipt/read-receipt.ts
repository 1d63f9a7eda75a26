import { parseAmount, RULESETS } from '../engine/index.js';
import { DataError } from '../errors.js';
import { membersOf } from '../json/exact-json.js';
import { type ObjectReader, readDocument } from '../json/object-reader.js';
import { CURRENCIES, parseCost } from '../rates/money.js';
import { KINDS } from '../usage/pricing/priced-row.js';
import {
  type DataTables,
  RECEIPT_FLAGS,
  RECEIPT_FORMAT,
  type Receipt,
  type ReceiptFlag,
  type RowSums,
} from './receipt.js';

/** @throws DataError naming the member of `file` that is not as a receipt has it */
export function readReceipt(json: string, file: string): Receipt {
  const at = readDocument(json, file);
  if (at.members.get('format') !== RECEIPT_FORMAT) {
    throw new DataError(file, `is not a receipt of the format ${RECEIPT_FORMAT}`);
  }
  const unknown = unknownMember(at.members, MEMBERS, '');
  if (unknown !== undefined) throw new DataError(file, 'is unknown to this version', unknown);
  const rules = at.object('rules');
  const inputs = at.object('inputs');
  const reports = inputs.object('reports');
  const rows = at.object('rows');
  const kinds = rows.object('by_kind');
  const [byReport, byText, byMissing] = KINDS.map((kind) => readSums(kinds.object(kind)));
  if (byReport === undefined || byText === undefined || byMissing === undefined) {
    throw new Error('a kind without sums');
  }
  return {
    format: RECEIPT_FORMAT,
    program: at.text('program'),
    command: at.choice('command', ['usage', 'summary']),
    flags: readFlags(at.object('flags')),
    source: at.text('source'),
    period: at.text('period'),
    state: at.choice('state', ['open', 'closed']),
    as_of: at.matching('as_of', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    rules: {
      ruleset: rules.choice('ruleset', RULESETS),
      version: rules.count('version'),
      rates_sha256:
        rules.members.get('rates_sha256') === null ? null : rules.matching('rates_sha256', SHA256),
    },
    tables: readTables(at),
    inputs: {
      messages_sha256: inputs.matching('messages_sha256', SHA256),
      reports: { count: reports.count('count'), sha256: reports.matching('sha256', SHA256) },
      missing_reports: inputs.texts('missing_reports'),
    },
    messages: at.count('messages'),
    rows: {
      ...readSums(rows),
      ...readCost(rows),
      by_kind: { report: byReport, text: byText, 'missing-report': byMissing },
    },
    output: { sha256: at.object('output').matching('sha256', SHA256) },
  };
}

const SUMS = { count: true, credits: true } as const;

/** The members of a receipt; `true` for one without members of its own that are known. */
const MEMBERS: Shape = {
  format: true,
  program: true,
  command: true,
  flags: Object.fromEntries(RECEIPT_FLAGS.map((name) => [name, true])),
  source: true,
  period: true,
  state: true,
  as_of: true,
  rules: { ruleset: true, version: true, rates_sha256: true },
  tables: { unicode: true, tz: true },
  inputs: { messages_sha256: true, reports: { count: true, sha256: true }, missing_reports: true },
  messages: true,
  rows: {
    ...SUMS,
    cost: true,
    currency: true,
    by_kind: Object.fromEntries(KINDS.map((kind) => [kind, SUMS])),
  },
  output: { sha256: true },
};

interface Shape {
  readonly [key: string]: Shape | true;
}

function unknownMember(
  members: ReadonlyMap<string, unknown>,
  shape: Shape,
  path: string,
): string | undefined {
  for (const [key, member] of members) {
    const known = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (known === undefined) return `${path}${key}`;
    if (known === true) continue;
    const inside = unknownMember(membersOf(member) ?? new Map(), known, `${path}${key}.`);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

const SHA256 = /^[0-9a-f]{64}$/;

function readSums(sums: ObjectReader): RowSums {
  const credits = sums.text('credits');
  if (parseAmount(credits) === undefined) throw sums.error('credits', 'an amount of credits');
  return { count: sums.count('count'), credits };
}

function readCost(rows: ObjectReader): Pick<Receipt['rows'], 'cost' | 'currency'> {
  if (!rows.members.has('cost') && !rows.members.has('currency')) return {};
  const cost = rows.text('cost');
  if (parseCost(cost) === undefined) throw rows.error('cost', 'an amount of money');
  return { cost, currency: rows.choice('currency', CURRENCIES) };
}

function readTables(at: ObjectReader): DataTables | undefined {
  if (at.members.get('tables') === undefined) return undefined;
  const tables = at.object('tables');
  return { unicode: tables.text('unicode'), tz: tables.text('tz') };
}

function readFlags(flags: ObjectReader): Record<string, ReceiptFlag> {
  const read: Record<string, ReceiptFlag> = {};
  for (const [name, value] of flags.members) {
    if (typeof value === 'string' || typeof value === 'boolean') read[name] = value;
    else read[name] = flags.texts(name);
  }
  return read;
}

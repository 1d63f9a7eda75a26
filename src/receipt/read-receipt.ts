import { parseAmount, RULESETS } from '../engine/index.js';
import { DataError } from '../errors.js';
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
  // A repeated key would be one value for this reader and another for the next.
  const value: unknown = parseJson(json, file);
  if (keysWritten(json) !== keysRead(value)) throw new DataError(file, 'has a repeated key');
  const at = readMembers(file, value);
  if (at.members.format !== RECEIPT_FORMAT) {
    throw new DataError(file, `is not a receipt of the format ${RECEIPT_FORMAT}`);
  }
  const unknown = unknownMember(value, MEMBERS, '');
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
      rates_sha256: rules.members.rates_sha256 === null ? null : rules.matching('rates_sha256', SHA256),
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
  rows: { ...SUMS, by_kind: Object.fromEntries(KINDS.map((kind) => [kind, SUMS])) },
  output: { sha256: true },
};

function parseJson(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new DataError(file, 'is not valid JSON');
  }
}

/** The keys in valid JSON, each as often as it is written. */
function keysWritten(json: string): number {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

function keysRead(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, member: unknown) => sum + keysRead(member), own);
}

interface Shape {
  readonly [key: string]: Shape | true;
}

function unknownMember(value: unknown, shape: Shape, path: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const known = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (known === undefined) return `${path}${key}`;
    const inside = known === true ? undefined : unknownMember(member, known, `${path}${key}.`);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

const SHA256 = /^[0-9a-f]{64}$/;

function readSums(sums: MemberReader): RowSums {
  const credits = sums.text('credits');
  if (parseAmount(credits) === undefined) throw sums.refuse('credits', 'an amount of credits');
  return { count: sums.count('count'), credits };
}

function readTables(at: MemberReader): DataTables | undefined {
  if (at.members.tables === undefined) return undefined;
  const tables = at.object('tables');
  return { unicode: tables.text('unicode'), tz: tables.text('tz') };
}

function readFlags(flags: MemberReader): Record<string, ReceiptFlag> {
  const read: Record<string, ReceiptFlag> = {};
  for (const [name, value] of Object.entries(flags.members)) {
    if (typeof value === 'string' || typeof value === 'boolean') read[name] = value;
    else read[name] = flags.texts(name);
  }
  return read;
}

/** Reads the members of one JSON object; each reader throws a DataError that names the member. */
interface MemberReader {
  readonly members: Readonly<Record<string, unknown>>;
  /** The error that names what a member should be. */
  refuse(key: string, what: string): DataError;
  text(key: string): string;
  object(key: string): MemberReader;
  choice<const Choice extends string>(key: string, choices: readonly Choice[]): Choice;
  matching(key: string, pattern: RegExp): string;
  /** A whole number from 0. */
  count(key: string): number;
  texts(key: string): string[];
}

/**
 * @param path of the object in `file`, '' for the whole of it
 * @throws DataError where `value` is no object
 */
function readMembers(file: string, value: unknown, path = ''): MemberReader {
  if (!isRecord(value)) throw new DataError(file, 'expected an object', path === '' ? undefined : path);
  const members = value;
  const place = (key: string) => (path === '' ? key : `${path}.${key}`);
  const refuse = (key: string, what: string) => new DataError(file, `expected ${what}`, place(key));

  function text(key: string): string {
    const member = members[key];
    if (typeof member !== 'string') throw refuse(key, 'a string');
    return member;
  }

  return {
    members,
    refuse,
    text,
    object: (key) => readMembers(file, members[key], place(key)),
    choice(key, choices) {
      const found = choices.find((choice) => choice === members[key]);
      if (found === undefined) throw refuse(key, `one of ${choices.join(', ')}`);
      return found;
    },
    matching(key, pattern) {
      const member = text(key);
      if (!pattern.test(member)) throw refuse(key, `text like ${pattern.source}`);
      return member;
    },
    count(key) {
      const member = members[key];
      if (typeof member === 'number' && Number.isSafeInteger(member) && member >= 0) return member;
      throw refuse(key, 'a whole number');
    },
    texts(key) {
      const member = members[key];
      if (!Array.isArray(member)) throw refuse(key, 'an array of strings');
      return member.map((each: unknown) => {
        if (typeof each === 'string') return each;
        throw refuse(key, 'an array of strings');
      });
    },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { parseAmount, RULESETS } from '../engine/index.js';
import { DataError } from '../errors.js';
import { KINDS } from '../usage/item.js';
import { type MemberReader, readMembers } from './read-members.js';
import { type DataTables, type KeptFlag, RECEIPT_FORMAT, type Receipt, type RowSums } from './receipt.js';

/** @throws DataError naming the member of `file` that is not as a receipt has it */
export function readReceipt(json: string, file: string): Receipt {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new DataError(file, 'is not valid JSON');
  }
  const at = readMembers(file, value);
  if (at.members.format !== RECEIPT_FORMAT) {
    throw new DataError(file, `is not a receipt of the format ${RECEIPT_FORMAT}`);
  }
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

function readFlags(flags: MemberReader): Record<string, KeptFlag> {
  const kept: Record<string, KeptFlag> = {};
  for (const [name, value] of Object.entries(flags.members)) {
    if (typeof value === 'string' || typeof value === 'boolean') kept[name] = value;
    else kept[name] = flags.texts(name);
  }
  return kept;
}

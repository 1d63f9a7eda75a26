import { dayNumber, periodNumber } from '../../calendar/days.js';
import { parseInstant } from '../../calendar/instant.js';
import { isTimeZone } from '../../calendar/time-zone.js';
import { type Amount, compareAmounts, parseAmount } from '../../engine/index.js';
import { DataError } from '../../errors.js';
import { exactInteger, expected, membersOf, numberText, parseExactJsonAt } from '../../json/exact-json.js';
import { KINDS } from '../pricing/priced-row.js';
import { addSums, type Sum } from '../pricing/sums.js';
import type { DaySpan } from './empty-periods.js';
import { GROUPINGS, type Grouping, type GroupKey, isCalendarUnit } from './groups.js';

/** A document of `summary --json`, read back. */
export interface PartialSummary {
  /** Its name in errors. */
  readonly name: string;
  readonly source: string;
  readonly period: string;
  readonly timezone: string;
  readonly rules: string;
  readonly by: readonly [Grouping, Grouping?];
  readonly groups: readonly PartialGroup[];
  /** Days without messages that have no group. */
  readonly emptySpans: readonly DaySpan[];
  /** As upstream sent them; undefined where there is no message. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly messages: number;
  readonly outOf: number | undefined;
}

interface PartialGroup extends Sum {
  readonly keys: readonly (GroupKey | undefined)[];
}

/** @throws DataError that names the member, also where the groups do not add up to the total */
export function readPartialSummary(json: string, name: string): PartialSummary {
  const summary = objectIn(objectOf(parseExactJsonAt(json, name), name, ''), 'summary', name);
  const by = readGroupings(summary.get('by'), name);
  const groups = arrayIn(summary, 'groups', name).map((group, index) =>
    readGroup(objectOf(group, name, `groups[${index}]`), by, `${name}, groups[${index}]`),
  );
  const total = objectIn(summary, 'total', name);
  const messages = countIn(total, 'messages', name);
  const credits = creditsIn(total, 'credits', name);
  const sum = addSums(groups);
  if (compareAmounts(sum.credits, credits) !== 0 || sum.messages !== messages) {
    throw new DataError(name, 'the groups do not add up to the total', 'total');
  }
  return {
    name,
    source: textIn(summary, 'source', name),
    period: textIn(summary, 'period', name),
    timezone: timeZoneIn(summary, name),
    rules: textIn(summary, 'rules', name),
    by,
    groups,
    emptySpans: readSpans(summary, name),
    first: timeIn(summary, 'first_message', name),
    last: timeIn(summary, 'last_message', name),
    messages,
    outOf: total.has('out_of') ? countIn(total, 'out_of', name) : undefined,
  };
}

function timeZoneIn(summary: Members, name: string): string {
  const timezone = textIn(summary, 'timezone', name);
  if (!isTimeZone(timezone)) throw refuse(summary, 'timezone', 'an IANA time zone', name);
  return timezone;
}

function readSpans(summary: Members, name: string): DaySpan[] {
  if (!summary.has('empty_spans')) return [];
  return arrayIn(summary, 'empty_spans', name).map((span, index) => {
    const where = `${name}, empty_spans[${index}]`;
    const members = objectOf(span, where, '');
    const dayIn = (key: string) => {
      const day = dayNumber(textIn(members, key, where));
      if (day === undefined) throw refuse(members, key, 'a date', where);
      return day;
    };
    return { first: dayIn('first_day'), last: dayIn('last_day') };
  });
}

function readGroupings(value: unknown, name: string): readonly [Grouping, Grouping?] {
  const names: unknown[] = Array.isArray(value) ? value : [];
  const found = names.map((each) => GROUPINGS.find((grouping) => grouping === each));
  const [first, second] = found;
  if (first === undefined || found.length > 2 || (found.length === 2 && second === undefined)) {
    throw new DataError(name, expected(`one or two of ${GROUPINGS.join(', ')}`, value), 'by');
  }
  return second === undefined ? [first] : [first, second];
}

function readGroup(group: Members, by: readonly [Grouping, Grouping?], where: string): PartialGroup {
  const messages = countIn(group, 'messages', where);
  const groupings = by.filter((grouping) => grouping !== undefined);
  return {
    keys: groupings.map((grouping) => readKey(group, grouping, messages > 0, where)),
    messages,
    credits: creditsIn(group, 'credits', where),
  };
}

function readKey(group: Members, grouping: Grouping, needed: boolean, where: string): GroupKey | undefined {
  if (grouping === 'report') {
    const [given, name] = [group.get('report_id'), group.get('report_name')];
    const id = typeof given === 'string' ? given : exactInteger(given);
    if (id === undefined && given !== null)
      throw refuse(group, 'report_id', 'an integer, a string or null', where);
    if (name !== null && typeof name !== 'string')
      throw refuse(group, 'report_name', 'a string or null', where);
    return { by: 'report', id, name: name ?? undefined };
  }
  const label = group.get(grouping);
  if (label === null && !needed) return undefined;
  if (isCalendarUnit(grouping)) {
    if (typeof label === 'string' && periodNumber(grouping, label) !== undefined)
      return { by: grouping, label };
    throw refuse(group, grouping, `a ${grouping}`, where);
  }
  const kind = KINDS.find((each) => each === label);
  if (kind === undefined) throw refuse(group, grouping, `one of ${KINDS.join(', ')}`, where);
  return { by: 'kind', label: kind };
}

/*
 * Reads the members of a summary's JSON. `name` is what an error calls the document; each throws a DataError that
 * names the member.
 */

type Members = Map<string, unknown>;

function objectOf(value: unknown, name: string, field: string): Members {
  const members = membersOf(value);
  if (members !== undefined) return members;
  throw new DataError(name, expected('an object', value), field === '' ? undefined : field);
}

function objectIn(members: Members, key: string, name: string): Members {
  return objectOf(members.get(key), name, key);
}

function arrayIn(members: Members, key: string, name: string): unknown[] {
  const value = members.get(key);
  if (!Array.isArray(value)) throw refuse(members, key, 'an array', name);
  return value;
}

function textIn(members: Members, key: string, name: string): string {
  const value = members.get(key);
  if (typeof value !== 'string') throw refuse(members, key, 'a string', name);
  return value;
}

function timeIn(members: Members, key: string, name: string): string | undefined {
  const value = members.get(key);
  if (value === null) return undefined;
  if (typeof value === 'string' && parseInstant(value) !== undefined) return value;
  throw refuse(members, key, 'an RFC 3339 timestamp or null', name);
}

function countIn(members: Members, key: string, name: string): number {
  const count = exactInteger(members.get(key));
  if (typeof count === 'number' && count >= 0) return count;
  throw refuse(members, key, 'a whole number', name);
}

function creditsIn(members: Members, key: string, name: string): Amount {
  const credits = parseAmount(numberText(members.get(key)) ?? '');
  if (credits === undefined) throw refuse(members, key, 'a number that is not negative', name);
  return credits;
}

function refuse(members: Members, key: string, what: string, name: string): DataError {
  return new DataError(name, expected(what, members.get(key)), key);
}

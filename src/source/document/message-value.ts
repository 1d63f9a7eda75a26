import { parseInstant } from '../../calendar/instant.js';
import { DataError } from '../../errors.js';
import type { Message, ReportId } from '../message.js';
import { exactInteger, expected, parseMembers } from './exact-json.js';

const KEYS = ['id', 'text', 'timestamp', 'report_id'];

/**
 * Reads one message with a full parser and names what is wrong with it: the road of every message that
 * `plain-message.ts` does not take.
 *
 * @param json the message's JSON, whole
 * @param index its place in the `messages` array, from 0, for errors before its id is known
 * @throws DataError
 */
export function readMessageValue(json: string, index: number): Message {
  return readMessageAt(json, `messages[${index}]`, (id) => `message ${id}`);
}

/**
 * The same for a message that stands elsewhere.
 *
 * @param place what errors call it before its id is known
 * @param named what they call it afterwards
 */
export function readMessageAt(json: string, place: string, named: (id: number | bigint) => string): Message {
  const members = parseMembers(json, place, KEYS);
  if (members === undefined) throw new DataError(place, 'is not an object');

  const id = exactInteger(members.get('id'));
  if (id === undefined) {
    throw new DataError(place, expected('an integer', members.get('id')), 'id');
  }
  const where = named(id);
  const text = members.get('text');
  if (typeof text !== 'string') throw new DataError(where, expected('a string', text), 'text');
  const timestamp = members.get('timestamp');
  if (typeof timestamp !== 'string') {
    throw new DataError(where, expected('an RFC 3339 timestamp', timestamp), 'timestamp');
  }
  if (parseInstant(timestamp) === undefined) {
    const shown = JSON.stringify(timestamp.slice(0, 40));
    throw new DataError(where, `${shown} is not an RFC 3339 timestamp, or no such day or time`, 'timestamp');
  }
  const reportId = readReportId(members.get('report_id'), where);
  return { id, timestamp, reportId, text };
}

function readReportId(value: unknown, where: string): ReportId | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value !== '') {
    if (value.isWellFormed()) return value;
    throw new DataError(
      where,
      'holds half of a surrogate pair, so nobody can ask for that report',
      'report_id',
    );
  }
  const id = exactInteger(value);
  if (id === undefined) {
    throw new DataError(where, expected('an integer, a string or null', value), 'report_id');
  }
  return id;
}

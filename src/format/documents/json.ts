import { formatAmount } from '../../engine/index.js';
import { formatCost } from '../../rates/money.js';
import type { Sum } from '../../usage/pricing/sums.js';
import { jsonString } from '../text.js';

/** What a JSON document holds. */
export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Digits
  | Lines
  | readonly Json[]
  | Members;

/** A member that is undefined is left out. */
export interface Members {
  readonly [name: string]: Json;
}

/** A number by its digits, some of which a JavaScript number would round. */
class Digits {
  constructor(readonly text: string) {}
}

class Lines {
  constructor(readonly items: Iterable<Json>) {}
}

/** A list with a line for each item. */
export const lines = (items: Iterable<Json>) => new Lines(items);

const inFull =
  <Value>(format: (value: Value) => string) =>
  (value: Value | undefined) =>
    value === undefined ? undefined : new Digits(format(value));

export const digits = inFull((text: string) => text);
export const exact = inFull(formatAmount);
export const exactCost = inFull(formatCost);

export const sumMembers = ({ messages, credits, cost }: Sum): Members => ({
  messages,
  credits: exact(credits),
  cost: exactCost(cost),
});

/** A whole document, which ends with a line break. */
export const documentJson = (members: Members) => `${jsonText(members)}\n`;

export function jsonText(value: Json): string {
  let json = '';
  write(value, (text) => {
    json += text;
  });
  return json;
}

const LONGEST_PIECE = 64 * 1024;

/** The same in pieces, for a document that may be longer than a string, which ends at 512 MB. */
export function documentPieces(members: Members): string[] {
  const pieces: string[] = [];
  let piece = '';
  write(members, (text) => {
    piece += text;
    if (piece.length < LONGEST_PIECE) return;
    pieces.push(piece);
    piece = '';
  });
  return [...pieces, `${piece}\n`];
}

type Put = (text: string) => void;

function write(value: Json, put: Put): void {
  if (typeof value === 'string') put(jsonString(value));
  else if (typeof value !== 'object' || value === null) put(`${value}`);
  else if (value instanceof Digits) put(value.text);
  else if (value instanceof Lines) writeList(value.items, '\n', put);
  else if (isList(value)) writeList(value, '', put);
  else writeMembers(value, put);
}

function writeMembers(members: Members, put: Put): void {
  let before = '{';
  for (const name in members) {
    const value = members[name];
    if (value === undefined) continue;
    put(`${before}"${name}":`);
    write(value, put);
    before = ',';
  }
  put(before === '{' ? '{}' : '}');
}

function writeList(items: Iterable<Json>, lineBreak: string, put: Put): void {
  const start = `[${lineBreak}`;
  let before = start;
  for (const item of items) {
    put(before);
    write(item, put);
    before = `,${lineBreak}`;
  }
  put(before === start ? '[]' : `${lineBreak}]`);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

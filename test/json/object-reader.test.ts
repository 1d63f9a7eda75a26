import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDocument } from '../../src/json/object-reader.js';

const key = fc.oneof(fc.constantFrom('a', 'b"', ':', 'key": '), fc.string({ unit: 'binary', maxLength: 4 }));

test('a document without a repeated key is read, whatever its texts look like', () => {
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), (value) => {
      const { members } = readDocument(JSON.stringify(value), 'f');
      expect([...members.keys()].sort()).toEqual(Object.keys(value).sort());
    }),
  );
});

test('a repeated key is an error at any depth, also where its values are equal', () => {
  fc.assert(
    fc.property(key, fc.jsonValue(), fc.jsonValue(), fc.nat(3), (name, first, second, depth) => {
      const written = JSON.stringify(name);
      const object = `{${written}:${JSON.stringify(first)}, ${written} : ${JSON.stringify(second)}}`;
      const json = Array.from({ length: depth }).reduce<string>((inner) => `{"x":[1,${inner}]}`, object);
      expect(() => readDocument(json, 'f')).toThrow(/^f: .*(twice|repeated)/s);
    }),
  );
});

test('an error names the member and what it is', () => {
  const reader = readDocument('{"a":{"b":[{"c":1.5},{"c":"x"}]},"t":[1]}', 'f');
  const [first, second] = reader.object('a').objects('b');
  expect(() => first?.count('c')).toThrow('f: a.b[0].c: expected a whole number, got 1.5');
  expect(() => second?.choice('c', ['y', 'z'])).toThrow('f: a.b[1].c: expected one of y, z, got a string');
  expect(() => second?.matching('c', /^\d$/)).toThrow('f: a.b[1].c: expected text like ^\\d$');
  expect(() => reader.texts('t')).toThrow('f: t: expected an array of strings');
  expect(() => reader.text('none')).toThrow('f: none: is missing');
  expect(() => readDocument('[]', 'f')).toThrow('f: expected an object, got an array');
  expect(() => readDocument('['.repeat(100_000), 'f')).toThrow('f: is not valid JSON: nests too deep');
  expect(() => first?.only(['d'])).toThrow('f: a.b[0].c: no such key; the keys are d');
  expect(() => first?.named('g').integer('c')).toThrow('g: a.b[0].c: expected an integer, got 1.5');
});

test('numbers are read by their digits, and ids as they are', () => {
  const reader = readDocument(
    '{"n":0.10000000000000000001,"t":"2","id":9007199254740993,"s":"x","least":2}',
    'f',
  );
  const digits = (text: string) => text || undefined;
  expect(reader.exact('n', digits)).toBe('0.10000000000000000001');
  expect(() => reader.exact('t', digits)).toThrow(
    'f: t: expected a number that is not negative, got a string',
  );
  expect(reader.exact('t', digits, 'a number', true)).toBe('2');
  expect([reader.id('id'), reader.id('s'), reader.integer('id')]).toEqual([
    9007199254740993n,
    'x',
    9007199254740993n,
  ]);
  expect(() => reader.count('least', 3)).toThrow('f: least: expected a whole number of at least 3, got 2');
});

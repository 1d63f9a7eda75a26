import { expect, test } from 'vitest';
import { readClaims } from './claims.js';

test('each list is whole, and no id stands for two claims', () => {
  const [cases, faults, threats] = [readClaims('cases'), readClaims('faults'), readClaims('threats')];
  expect(cases).toHaveLength(153);
  expect(faults).toHaveLength(87);
  expect(threats.length).toBeGreaterThan(30);
  const ids = [...cases, ...faults, ...threats].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a claim is matched by its whole id, a threat by file and title', () => {
  const [a1, a10] = ['fault A1', 'fault A10'].map((id) => `${id} (instants are exact): April`);
  const fault = readClaims('faults').find(({ id }) => id === 'fault A1');
  expect(fault?.matches('test/any.test.ts', `${a1}`)).toBe(true);
  expect(fault?.matches('test/any.test.ts', `${a10}`)).toBe(false);
  const [threat] = readClaims('threats');
  const title = 'refuses {"messages":[] ends early';
  expect(threat?.matches('test/source/document/messages-document.test.ts', title)).toBe(true);
  expect(threat?.matches('test/other.test.ts', title)).toBe(false);
});

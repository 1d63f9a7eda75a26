import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CASE_NUMBERS } from './case-numbers.js';

test('every public bug report is tried by a test, or docs/known-limits.md says why not', () => {
  expect(CASE_NUMBERS).toHaveLength(153);
  const files = readdirSync('test/process', { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.startsWith('case'),
  );
  const texts = [...files.map((name) => join('test/process', name)), 'docs/known-limits.md'].map((path) =>
    readFileSync(path, 'utf8'),
  );
  const mentioned = new Set(texts.flatMap((text) => text.match(/\bC\d{3}\b/g) ?? []));
  expect(CASE_NUMBERS.filter((number) => !mentioned.has(number))).toEqual([]);
  expect([...mentioned].filter((number) => !CASE_NUMBERS.includes(number))).toEqual([]);
});

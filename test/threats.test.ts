import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROWS = readFileSync('docs/threats.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| who | could'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

const NAMED = ROWS.map((cells) => cells[3] ?? '').filter((cell) => cell !== '–');

test('every threat has a line of four cells', () => {
  expect(ROWS.length).toBeGreaterThan(30);
  for (const cells of ROWS) expect([cells[0], cells.length]).toEqual([cells[0], 4]);
});

test.each(NAMED)('the test is there: %s', (name) => {
  const [file = '', title = ''] = name.split(/: (.*)/s);
  expect(file).toMatch(/^test\/.*\.ts$/);
  expect(title).not.toBe('');
  expect(readFileSync(file, 'utf8')).toContain(title);
});

import { readFileSync } from 'node:fs';

/** Something that the project promises, and how to find the tests that try it. */
export interface Claim {
  /** `C012` for a public bug report, `fault A1` for a fault that was found, `threat 3` for a row of docs/threats.md. */
  readonly id: string;
  /** What is done to the program. */
  readonly input: string;
  /** What it must do. */
  readonly expected: string;
  /** Why it does not apply to this program; undefined where it must have a test. */
  readonly notApplicable: string | undefined;
  /** Why it has no test yet; undefined where it must have one. */
  readonly open: string | undefined;
  /** Whether a test of this file and full title tries the claim. */
  matches(file: string, title: string): boolean;
}

export const CLAIM_LISTS = ['cases', 'faults', 'threats'] as const;
export type ClaimList = (typeof CLAIM_LISTS)[number];

export function readClaims(list: ClaimList): Claim[] {
  return list === 'threats' ? readThreats() : readList(list);
}

/** A claim of a list is tried by every test whose title holds its id as a word. */
function readList(list: 'cases' | 'faults'): Claim[] {
  const rows: unknown = JSON.parse(readFileSync(`test/claims/${list}.json`, 'utf8'));
  if (!Array.isArray(rows)) throw new Error(`test/claims/${list}.json: expected an array`);
  return rows.map((row: Readonly<Record<string, unknown>>) => {
    const { id, input, expected, notApplicable, open } = row;
    if (typeof id !== 'string' || typeof input !== 'string' || typeof expected !== 'string') {
      throw new Error(`test/claims/${list}.json: a row lacks id, input or expected: ${JSON.stringify(row)}`);
    }
    const word = new RegExp(`\\b${id}\\b`);
    return {
      id,
      input,
      expected,
      notApplicable: typeof notApplicable === 'string' ? notApplicable : undefined,
      open: typeof open === 'string' ? open : undefined,
      matches: (_file, title) => word.test(title),
    };
  });
}

/** The rows of docs/threats.md: who, could, what stops it, test. `–` in the last cell says that nothing can test it. */
function readThreats(): Claim[] {
  const rows = readFileSync('docs/threats.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| who | could'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
  return rows.map((cells, index) => {
    const [who = '', could = '', expected = '', test = ''] = cells;
    if (cells.length !== 4) throw new Error(`docs/threats.md: a row needs four cells: ${cells.join(' | ')}`);
    const [file = '', part = ''] = test.split(/: (.*)/s);
    return {
      id: `threat ${index + 1}`,
      input: `${who}: ${could}`,
      expected,
      notApplicable: test === '–' ? 'no test can show it; the page says why' : undefined,
      open: undefined,
      matches: (ranFile, title) => ranFile === file && part !== '' && title.includes(part),
    };
  });
}

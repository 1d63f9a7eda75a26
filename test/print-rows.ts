import type { Reporter, TestCase } from 'vitest/node';

const MARKS = { passed: '✓', failed: '✗', skipped: '-', pending: '-' } as const;

/** Prints one line for each row of the fault matrix, which vitest's own reporter counts but does not list. */
export function printRows(group: string): Reporter {
  return {
    onTestCaseResult(test: TestCase) {
      if (!test.fullName.startsWith(group)) return;
      process.stdout.write(`${MARKS[test.result().state]} ${test.name}\n`);
    },
  };
}

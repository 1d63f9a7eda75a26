import { defineConfig } from 'vitest/config';
import { reportClaims } from './test/claims/reporter.js';
import { printRows } from './test/print-rows.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The tests run the built program: it is built once, before them.
    globalSetup: ['test/build.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', printRows('fault matrix'), reportClaims(), ...jsonReport()],
  },
});

/** Where `O_COPILOT_TEST_REPORT` names a file, the results are also written there as JSON. */
function jsonReport(): ['json', { outputFile: string }][] {
  const outputFile = process.env.O_COPILOT_TEST_REPORT;
  return outputFile === undefined ? [] : [['json', { outputFile }]];
}

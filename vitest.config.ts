import { build } from 'esbuild';
import { defineConfig, type Plugin } from 'vitest/config';
import { currentStringWidth } from './build/string-width.js';
import { reportClaims } from './test/claims/reporter.js';
import { printRows } from './test/print-rows.js';

/** cli-table3 as the build has it, so that tables measure texts alike in the built program and in the tests' own process. */
const tablePackage: Plugin = {
  name: 'cli-table3-as-built',
  enforce: 'pre',
  resolveId: (id) => (id === 'cli-table3' ? '\0cli-table3' : undefined),
  async load(id) {
    if (id !== '\0cli-table3') return undefined;
    const { outputFiles } = await build({
      entryPoints: ['cli-table3'],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
      plugins: [currentStringWidth],
    });
    return outputFiles[0]?.text;
  },
};

export default defineConfig({
  plugins: [tablePackage],
  test: {
    include: ['test/**/*.test.ts'],
    // The tests run the built program: it is built once, before them.
    globalSetup: ['test/build.ts'],
    // A busy machine takes many times as long as an idle one.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // More than cores: many tests wait for a process, a limit or a timer.
    maxWorkers: 3,
    isolate: false,
    reporters: ['default', printRows('fault matrix'), reportClaims(), ...jsonReport()],
  },
});

/** Where `TEST_REPORT` names a file, the results are also written there as JSON. */
function jsonReport(): ['json', { outputFile: string }][] {
  const outputFile = process.env.TEST_REPORT;
  return outputFile === undefined ? [] : [['json', { outputFile }]];
}

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, type Options } from 'tsup';
import { inventory } from './build/inventory.js';
import { lazyBuiltins } from './build/lazy-builtins.js';
import { mergeChunks } from './build/merge-chunks.js';
import { writePageShell } from './build/page.js';
import { currentStringWidth } from './build/string-width.js';

// Everything is bundled: a few files read at start-up instead of a tree of packages, and nothing for a user of
// the command line to install. In the library decimal.js stays outside, because its type is part of ours.
const COMMON: Options = {
  format: 'esm',
  target: 'node20',
  splitting: true,
  clean: false,
  // tsup would take the prefix away and with it the module, before a plugin sees it.
  removeNodeProtocol: false,
};

// The bundled CommonJS packages ask for Node's modules with `require`, which an ES module lacks. Made at its first use:
// each of fifty chunks has one, and most never call it.
const REQUIRE = `import { createRequire as __createRequire } from 'node:module';
const require = (name) => (require.made ??= __createRequire(import.meta.url))(name);`;

export default defineConfig(async ({ outDir = 'dist' }) => {
  const unmerged = join(outDir, 'unmerged');
  await Promise.all([writePageShell(), rm(outDir, { recursive: true, force: true })]);
  return [
    {
      ...COMMON,
      entry: { 'o-copilot': 'bin/o-copilot.ts' },
      platform: 'node',
      outDir: unmerged,
      esbuildPlugins: [lazyBuiltins, currentStringWidth, inventory(outDir)],
      noExternal: [/^(?!node:)/],
      esbuildOptions(options) {
        // Types only: at run time it is commander.
        options.alias = { '@commander-js/extra-typings': 'commander' };
      },
      banner: { js: REQUIRE },
      onSuccess: () => mergeChunks(unmerged, outDir),
    },
    // By themselves: modules shared with the program would split it into more files to load at a start.
    {
      ...COMMON,
      entry: { index: 'src/index.ts' },
      platform: 'node',
      dts: { entry: { index: 'src/index.ts', engine: 'src/engine/index.ts' } },
      noExternal: [/^(?!decimal\.js$|node:)/],
      banner: { js: REQUIRE },
    },
    // Runs where there is no Node.
    { ...COMMON, entry: { engine: 'src/engine/index.ts' }, platform: 'neutral', dts: false },
  ];
});

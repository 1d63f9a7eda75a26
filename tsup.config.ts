import { rm } from 'node:fs/promises';
import { defineConfig, type Options } from 'tsup';
import { inventory } from './build/inventory.js';
import { writeManPage } from './build/man.js';
import { writePageShell } from './build/page.js';
import { currentStringWidth } from './build/string-width.js';

// Everything but decimal.js is bundled: one small file read at start-up instead of a tree of packages,
// and nothing for a user of the command line to install. decimal.js stays outside because its type is
// part of the library's own.
const COMMON: Options = { format: 'esm', target: 'node20', splitting: true, clean: false };

export default defineConfig(async ({ outDir = 'dist' }) => {
  await Promise.all([writePageShell(), writeManPage(), rm(outDir, { recursive: true, force: true })]);
  return [
    {
      ...COMMON,
      entry: { 'o-copilot': 'bin/o-copilot.ts', index: 'src/index.ts' },
      platform: 'node',
      dts: { entry: { index: 'src/index.ts', engine: 'src/engine/index.ts' } },
      esbuildPlugins: [currentStringWidth, inventory],
      noExternal: [/^(?!decimal\.js$|node:)/],
      // The bundled CommonJS packages ask for Node's modules with `require`, which an ES module lacks.
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
      },
    },
    // By itself, because it also runs where there is no Node.
    { ...COMMON, entry: { engine: 'src/engine/index.ts' }, platform: 'neutral', dts: false },
  ];
});

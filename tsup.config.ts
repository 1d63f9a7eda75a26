import { defineConfig } from 'tsup';
import { writePageShell } from './build/page.js';

// Everything but decimal.js is bundled: one small file read at start-up instead of a tree of packages,
// and nothing for a user of the command line to install. decimal.js stays outside because its type is
// part of the library's own.
export default defineConfig(async () => {
  await writePageShell();
  return {
    entry: {
      'o-copilot': 'bin/o-copilot.ts',
      index: 'src/index.ts',
      engine: 'src/engine/index.ts',
    },
    format: 'esm',
    target: 'node20',
    platform: 'node',
    splitting: true,
    clean: true,
    dts: { entry: { index: 'src/index.ts', engine: 'src/engine/index.ts' } },
    noExternal: [/^(?!decimal\.js$|node:)/],
    // The bundled CommonJS packages ask for Node's modules with `require`, which an ES module lacks.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
  };
});

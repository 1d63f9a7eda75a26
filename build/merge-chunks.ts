import { chmod, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { type Plugin, rollup } from 'rollup';

/**
 * Puts the chunks of the program that esbuild made, one for each set of commands that share code, together into
 * fewer: Rollup knows that what the start has loaded need not be loaded again. A file less is a quarter of a
 * millisecond less at every start.
 */
export async function mergeChunks(from: string, to: string): Promise<void> {
  const bundle = await rollup({
    input: join(from, 'o-copilot.js'),
    // Node's own modules, and one that a package asks for and does without.
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    // esbuild has done it, and Rollup cannot know what is without effect in CommonJS packages.
    treeshake: false,
    plugins: [keepOrigins],
  });
  await bundle.write({ dir: to, format: 'es', chunkFileNames: '[name]-[hash].js' });
  await bundle.close();
  await chmod(join(to, 'o-copilot.js'), 0o755);
  await rm(from, { recursive: true });
}

/**
 * esbuild writes above each module where it came from, and the SBOM is checked against that. Rollup drops a comment
 * with the import below it, unless something stands between them.
 */
const keepOrigins: Plugin = {
  name: 'keep-origins',
  transform: (code) => ({
    code: code.replace(/^(\/\/ node_modules\/.*\n)(?=import\b)/gm, '$1;\n'),
    map: null,
  }),
};

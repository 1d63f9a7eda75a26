import { chmod, rm } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { type GetManualChunk, type Plugin, rollup } from 'rollup';

/**
 * Puts the chunks of the program that esbuild made, one for each set of commands that share code, together into
 * a few: a file less is half a millisecond less at every start.
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
  await bundle.write({ dir: to, format: 'es', chunkFileNames: '[name]-[hash].js', manualChunks: fileOf });
  await bundle.close();
  await chmod(join(to, 'o-copilot.js'), 0o755);
  await rm(from, { recursive: true });
}

/**
 * The program, and what each command loads before it does anything: all commands share most of it. A chunk is known by
 * the name of its command, so no other module that is loaded late may have that name.
 */
const FILES: readonly (readonly [file: string, chunks: RegExp])[] = [
  ['o-copilot', /^o-copilot\.js$/],
  // With the formats for programs and the source most runs read, which a start should not wait for on their own.
  ['usage', /^(usage|data|file)-[A-Z0-9]{8}\.js$/],
  [
    'commands',
    /^(summary|explain|diff|price|merge|rates|verify|snapshot|report|serve|config|completion)-[A-Z0-9]{8}\.js$/,
  ],
  // What measures the width of text takes 25 ms to load, so no other command may do it.
  ['help', /^(help|layout|topics)-[A-Z0-9]{8}\.js$/],
];

/** The first file that cannot do without the chunk; undefined for what is loaded later, which Rollup places. */
const fileOf: GetManualChunk = (id, { getModuleIds, getModuleInfo }) => {
  const withImports = (from: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(from)) return seen;
    seen.add(from);
    for (const each of getModuleInfo(from)?.importedIds ?? []) withImports(each, seen);
    return seen;
  };
  const ids = [...getModuleIds()];
  const [file] =
    FILES.find(([file, chunks]) => {
      const firsts = ids.filter((each) => chunks.test(basename(each)));
      if (firsts.length === 0) throw new Error(`no chunk is of ${file}`);
      return firsts.some((first) => withImports(first).has(id));
    }) ?? [];
  return file;
};

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

import { resolve, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/** Modules of Node that take milliseconds to load and that most runs never call. */
const LAZY = /^(node:)?(crypto|child_process|v8)$/;

const REQUIRED = 'lazy-builtin-required';
const IMPORTED = 'lazy-builtin-imported';
const SOURCES = resolve('src') + sep;
/** Loaded late as a whole. */
const SERVICE = resolve('src/service') + sep;

/**
 * Loads those modules at their first use: commander, dotenv, our own checksums and the look at
 * V8's memory ask for them for what a short command does not do, and start-up is felt on every call.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: LAZY }, ({ path, namespace, kind, importer }) => {
      if (namespace === REQUIRED || namespace === IMPORTED) return { path, external: true };
      const name = path.replace(/^(node:)?/, 'node:');
      if (kind === 'require-call') return { path: name, namespace: REQUIRED };
      // What a package imports may be more than functions.
      const isOurs =
        kind === 'import-statement' && importer.startsWith(SOURCES) && !importer.startsWith(SERVICE);
      return isOurs ? { path: name, namespace: IMPORTED } : { path: name, external: true };
    });
    onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require(${JSON.stringify(path)})[name] });`,
    }));
    // Only functions: importing anything else from here fails the build.
    onLoad({ filter: /.*/, namespace: IMPORTED }, async ({ path }) => ({
      contents: functionsOf(await import(path))
        .map(
          (name) =>
            `export const ${name} = (...given) => require(${JSON.stringify(path)}).${name}(...given);`,
        )
        .join('\n'),
    }));
  },
};

function functionsOf(module: object): string[] {
  return Object.entries(module).flatMap(([name, value]) =>
    typeof value === 'function' && /^[a-z]\w*$/.test(name) ? [name] : [],
  );
}

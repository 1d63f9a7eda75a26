import type { Plugin } from 'esbuild';

/** Modules of Node that take milliseconds to load and that most runs never call. */
const LAZY = /^(node:)?(crypto|child_process|v8)$/;

/**
 * Loads those modules at their first use: commander, dotenv, our own checksums and the look at
 * V8's memory import them for what a short command does not do, and start-up is felt on every call.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: LAZY }, ({ path, namespace }) =>
      namespace === 'lazy-builtin'
        ? { path, external: true }
        : { path: path.replace(/^(node:)?/, 'node:'), namespace: 'lazy-builtin' },
    );
    onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require(${JSON.stringify(path)})[name] });`,
    }));
  },
};

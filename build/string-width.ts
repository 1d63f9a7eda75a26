import { resolve } from 'node:path';
import type { Options } from 'tsup';

const ROOT = resolve('.');

/** The function as a CommonJS package expects it from `require`; quick where the text is ASCII. */
const AS_COMMONJS = "module.exports = require('./src/format/table/lines.ts').textWidth;";

/**
 * Gives cli-table3 the string-width that the table measures with. Its own, of 2020, takes newer emoji and Indic vowel
 * signs for narrower or wider than terminals do, and the columns would not stand straight.
 */
export const currentStringWidth: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'current-string-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      importer.includes('/cli-table3/') ? { path: 'string-width', namespace: 'current' } : undefined,
    );
    build.onLoad({ filter: /^string-width$/, namespace: 'current' }, () => ({
      contents: AS_COMMONJS,
      resolveDir: ROOT,
    }));
  },
};

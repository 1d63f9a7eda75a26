// The arrows of docs/design.md: which folder may use which.
const only = (from, ...to) => ({
  name: `${from}-uses-only-its-own`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: [`^src/${from}/`, ...to.map((folder) => `^src/${folder}`)] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'engine-is-pure',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { pathNot: ['^src/engine/', '^node_modules/decimal.js/'] },
    },
    {
      name: 'calendar-is-pure',
      severity: 'error',
      from: { path: '^src/calendar/' },
      to: { pathNot: '^src/calendar/' },
    },
    only(
      'config',
      'errors.ts',
      'engine/rules.ts',
      'calendar',
      'os-error.ts',
      'source/source.ts',
      'usage/(pricing/priced-row|rows/row-query).ts',
    ),
    only('json', 'errors.ts'),
    only('document', 'errors.ts', 'engine', 'calendar', 'json'),
    only('source', 'errors.ts', 'os-error.ts', 'document', 'json'),
    only('rates', 'errors.ts', 'os-error.ts', 'engine', 'calendar', 'json'),
    only(
      'usage',
      'errors.ts',
      'engine',
      'calendar',
      'document',
      'json',
      'source/source.ts',
      'rates/rate-card.ts',
    ),
    only(
      'receipt',
      'errors.ts',
      'engine',
      'calendar',
      'json',
      'source/digest-source.ts',
      'document',
      'usage',
    ),
    only('format', 'errors.ts', 'engine', 'calendar', 'document', 'json', 'usage', 'rates', 'receipt'),
    only('output', 'errors.ts', 'os-error.ts'),
    only('page', 'calendar', 'format/text.ts', 'format/page/bill-data.ts', 'usage/pricing/priced-row.ts'),
    only('telemetry', 'source/source.ts'),
    {
      name: 'only-the-entry-imports-the-command-line',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'format-does-not-read',
      severity: 'error',
      from: { path: '^src/format/' },
      to: { path: '^src/source/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};

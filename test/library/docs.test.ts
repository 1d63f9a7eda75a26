import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

const DIST = dirname(resolve(process.env.TEST_BIN ?? 'dist/o-copilot.js'));
const run = promisify(execFile);

/** Each block of code with the block of output below it. */
const EXAMPLES = [
  ...readFileSync('docs/library.md', 'utf8').matchAll(/```js\n(.*?)```\n\n```text\n(.*?)```/gs),
].map(([, code = '', output = '']) => ({ code, output }));

let folder = '';
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'o-copilot-docs-')));
  const installed = join(folder, 'node_modules/o-copilot');
  mkdirSync(installed, { recursive: true });
  cpSync('package.json', join(installed, 'package.json'));
  cpSync(DIST, join(installed, 'dist'), { recursive: true });
  // The folder's own, so that no package.json of a folder above counts.
  writeFileSync(join(folder, 'package.json'), '{}');
  for (const name of ['decimal.js', '@types'])
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  EXAMPLES.forEach(({ code }, index) => {
    writeFileSync(join(folder, `example${index}.mjs`), code);
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('there are examples, and no block of code is without its output', () => {
  expect(EXAMPLES.length).toBeGreaterThanOrEqual(4);
  const blocks = readFileSync('docs/library.md', 'utf8').match(/^```js$/gm) ?? [];
  expect(blocks).toHaveLength(EXAMPLES.length);
});

test.each(EXAMPLES.map((example, index) => [index, example.output] as const))(
  'example %i prints what the document says',
  async (index, output) => {
    const { stdout, stderr } = await run(process.execPath, [`example${index}.mjs`], { cwd: folder });
    expect({ stdout, stderr }).toEqual({ stdout: output, stderr: '' });
  },
);

test('the examples have the types that the package declares', () => {
  const files = EXAMPLES.map((_, index) => join(folder, `example${index}.mjs`));
  const program = ts.createProgram(files, {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    strict: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
  });
  // Not those of Node and of the language, which take most of the time.
  const checked = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
  const names = checked.map(({ fileName }) => fileName.slice(folder.length + 1));
  for (const name of ['index', 'engine']) expect(names).toContain(`node_modules/o-copilot/dist/${name}.d.ts`);
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  const shown = found.map(({ messageText, file }) => [
    file?.fileName,
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  ]);
  expect(shown).toEqual([]);
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { expect, test } from 'vitest';
import { UNICODE_VERSION } from '../src/engine/index.js';

const { JsonStrictValidator } = Validation;
const { Version } = Spec;

const DIST = dirname(process.env.TEST_BIN ?? 'dist/o-copilot.js');

interface Component {
  name: string;
  version: string;
  purl: string;
  licenses: [{ expression: string }];
  properties: { value: string }[];
}

const { components, ...sbom }: { components: Component[]; bomFormat: string; specVersion: string } =
  JSON.parse(readFileSync(join(DIST, 'sbom.json'), 'utf8'));
const present = (way: string) =>
  components.filter(({ properties }) => properties.some(({ value }) => value === way));
const bundled = present('bundled into dist');

test('whoever installs the program gets at most 12 packages', () => {
  const lines = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { encoding: 'utf8' });
  const packages = lines.trim().split('\n').slice(1);
  expect(packages.length).toBeLessThanOrEqual(12);
  const installed = present('installed beside it').map(({ name }) => name);
  expect(packages.map((path) => path.replace(/^.*node_modules\//, ''))).toEqual(installed);
});

test('the SBOM lists exactly the packages whose code is in the build', () => {
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
  // esbuild writes above each module where it came from; the page's script is a string, without them.
  const inCode = new Set<string>();
  for (const file of readdirSync(DIST).filter((name) => name.endsWith('.js'))) {
    for (const [, name] of readFileSync(join(DIST, file), 'utf8').matchAll(
      /^\s*\/\/ node_modules\/(?:.*node_modules\/)?((?:@[^/\s]+\/)?[^/\s]+)\//gm,
    )) {
      if (name !== undefined) inCode.add(name);
    }
  }
  const listed = new Set(bundled.map(({ name }) => name));
  const page = [...listed].filter((name) => name.startsWith('d3-'));
  expect([...listed].sort()).toEqual([...new Set([...inCode, ...page])].sort());
  expect(page).toContain('d3-array');
});

test('fault D13 (the SBOM is a valid one): each component is listed once, and all of it is valid CycloneDX', async () => {
  const purls = components.map(({ purl }) => purl);
  expect(purls).toContainEqual(expect.stringContaining('pkg:npm/decimal.js@'));
  expect(purls.filter((purl, index) => purls.indexOf(purl) !== index)).toEqual([]);
  const text = readFileSync(join(DIST, 'sbom.json'), 'utf8');
  const validator = new JsonStrictValidator(Version.v1dot5);
  expect(await validator.validate(text)).toBeNull();
  // A validator that finds nothing in anything would be none.
  expect(await validator.validate(text.replace('"type": "library"', '"type": "book"'))).not.toBeNull();
  expect(
    await validator.validate(text.replace(`"${components[0]?.purl}"`, '"twice", "bom-ref": 1')),
  ).not.toBeNull();
});

test('every licence allows it, and is in the licence file', () => {
  const allowed = [
    'MIT',
    'ISC',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'BlueOak-1.0.0',
    '0BSD',
    'MIT AND Unicode-3.0',
  ];
  for (const { name, licenses } of components)
    expect([name, allowed]).toEqual([name, expect.arrayContaining([licenses[0].expression])]);
  const text = readFileSync(join(DIST, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const { name, version } of bundled) expect(text).toContain(`\n${name} ${version} (`);
});

test('the package that the Unicode table is made from is listed, and the licence of its data is there', () => {
  const [data, ...more] = present('data made from it in dist');
  expect(more).toEqual([]);
  expect(data?.name).toBe(`@unicode/unicode-${UNICODE_VERSION}`);
  expect(data?.licenses).toEqual([{ expression: 'MIT AND Unicode-3.0' }]);
  const text = readFileSync(join(DIST, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  expect(text).toContain(`${data?.name} ${data?.version} (MIT AND Unicode-3.0)`);
  expect(text).toContain('Unicode, Inc.');
  expect(text).toContain('this copyright and permission notice appear with all copies');
});

test('fault C10 (a build needs few open files): packages are read under a limit far below their number', () => {
  const folder = mkdtempSync(join(tmpdir(), 'o-copilot-test-'));
  const packages = Array.from({ length: 500 }, (_, index) => join(folder, 'node_modules', `p${index}`));
  for (const each of packages) {
    mkdirSync(each, { recursive: true });
    writeFileSync(join(each, 'package.json'), '{"name":"p","version":"1.0.0","license":"MIT"}');
  }
  const reader = resolve('build/installed-package.ts');
  const files = packages.flatMap((each) => [join(each, 'a.js'), join(each, 'b.js')]);
  writeFileSync(
    join(folder, 'run.ts'),
    `import { packagesOf } from ${JSON.stringify(reader)};
     packagesOf(${JSON.stringify(files)}).then((found) => console.log(found.length));`,
  );
  const line = `ulimit -n 100; exec '${process.execPath}' --import tsx '${join(folder, 'run.ts')}'`;
  expect(execFileSync('bash', ['-c', line], { encoding: 'utf8' })).toBe('500\n');
  rmSync(folder, { recursive: true });
});

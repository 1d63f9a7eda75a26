import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import manifest from '../package.json' with { type: 'json' };
import { UNICODE_VERSION } from '../src/engine/text/unicode-data.js';
import { type InstalledPackage, packagesOf } from './installed-package.js';

/** Writes beside the program what it is made of: an SBOM and the licences that ask to go with every copy. */
export const inventory = (folder: string): Plugin => ({
  name: 'inventory',
  setup({ initialOptions, onEnd }) {
    initialOptions.metafile = true;
    onEnd(async ({ metafile }) => {
      if (metafile === undefined) return;
      const bundled = await packagesIn([metafile, await pageMetafile()]);
      const installed = await packagesOf(
        Object.keys(manifest.dependencies).map((name) => `node_modules/${name}`),
      );
      const derived = await unicodeData();
      await mkdir(folder, { recursive: true });
      const document = sbom({
        'bundled into dist': bundled,
        'installed beside it': installed,
        'data made from it in dist': derived,
      });
      await writeFile(join(folder, 'sbom.json'), document);
      await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), licences([...bundled, ...derived]));
    });
  },
});

/** The page's script is bundled beforehand, as text. */
async function pageMetafile(): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: ['src/page/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return metafile;
}

/** The package that the table of the engine is made from, with the licence of the data in it. */
async function unicodeData(): Promise<InstalledPackage[]> {
  const license = await readFile('build/unicode-license.txt', 'utf8');
  const packages = await packagesOf([`node_modules/@unicode/unicode-${UNICODE_VERSION}`]);
  return packages.map((each) => ({
    ...each,
    license: `${each.license} AND Unicode-3.0`,
    text: `${each.text}\n\nThe data:\n\n${license}`,
  }));
}

/** The packages that put at least a byte into an output, by name. */
async function packagesIn(metafiles: readonly Metafile[]): Promise<InstalledPackage[]> {
  const paths = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const packages = new Map((await packagesOf(paths)).map((each) => [`${each.name}@${each.version}`, each]));
  return [...packages.values()].sort((a, b) => (purlOf(a) < purlOf(b) ? -1 : 1));
}

/** CycloneDX 1.5, without a date or a serial number: the same sources give the same bytes. */
function sbom(packages: Readonly<Record<string, readonly InstalledPackage[]>>): string {
  const { name, version, license } = manifest;
  const purl = purlOf(manifest);
  const components = new Map<string, ReturnType<typeof componentOf>>();
  // The program bundles what the library leaves outside: one component, there in both ways.
  for (const [way, found] of Object.entries(packages)) {
    for (const each of found) {
      const component = components.get(purlOf(each)) ?? componentOf(each);
      component.properties.push({ name: 'o-copilot:how', value: way });
      components.set(component.purl, component);
    }
  }
  const program = { type: 'application', 'bom-ref': purl, name, version, purl };
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { ...program, licenses: [{ license: { id: license } }] } },
    components: [...components.values()],
    dependencies: [{ ref: purl, dependsOn: [...components.keys()] }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function componentOf(each: InstalledPackage) {
  const purl = purlOf(each);
  return {
    type: 'library',
    'bom-ref': purl,
    name: each.name,
    version: each.version,
    scope: 'required',
    licenses: [{ expression: each.license }],
    purl,
    properties: [] as { readonly name: string; readonly value: string }[],
  };
}

function purlOf({ name, version }: Pick<InstalledPackage, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function licences(bundled: readonly InstalledPackage[]): string {
  const parts = bundled.map(
    ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}\n`,
  );
  return `o-copilot contains code of the packages below, or data made from them.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

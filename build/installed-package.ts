import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package in node_modules. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX. */
  readonly license: string;
  /** Its licence, and the notice it asks to keep. */
  readonly text: string;
}

/**
 * The packages that the files belong to, those outside node_modules left out. One is read after the other: a build
 * must not need as many open files as there are packages. Throws for one that states no licence.
 */
export async function packagesOf(files: Iterable<string>): Promise<InstalledPackage[]> {
  const folders = new Set(Array.from(files, (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]));
  const packages: InstalledPackage[] = [];
  for (const folder of folders) if (folder !== undefined) packages.push(await readPackage(folder));
  return packages;
}

async function readPackage(folder: string): Promise<InstalledPackage> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (!isManifest(manifest)) throw new Error(`${folder}/package.json states no name, version or licence`);
  const { name, version, license } = manifest;
  return { name, version, license, text: await licenceText(folder, manifest) };
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: unknown;
}

function isManifest(value: unknown): value is Manifest {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['name', 'version', 'license'].every((key) => typeof Reflect.get(value, key) === 'string')
  );
}

async function licenceText(folder: string, { license, author }: Manifest): Promise<string> {
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  if (texts.length > 0) return texts.join('\n');
  return `The package holds no licence text; it states ${license}${typeof author === 'string' ? `, by ${author}` : ''}.`;
}

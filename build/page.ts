import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { PageShell } from '../src/format/page/page.js';

const PAGE = new URL('../src/page/', import.meta.url);
const GENERATED = new URL('../src/format/page/shell.generated.ts', import.meta.url);

/** Where page.html takes the bill. */
const DATA = '<!-- data -->';

/** The packages in the script with their licences, which ask to go with every copy. */
const LICENSES = { 'd3-array': 'LICENSE', 'decimal.js': 'LICENCE.md' };

/** Bundles src/page into the two halves of the page, between which the bill's data goes. */
export async function buildPageShell(): Promise<PageShell> {
  const [template, licenses, script, style] = await Promise.all([
    readFile(new URL('page.html', PAGE), 'utf8'),
    readLicenses(),
    bundle('main.ts'),
    bundle('page.css'),
  ]);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const filled = fill(template, [
    ['content="policy"', `content="${policy}"`],
    ['<link rel="stylesheet" href="page.css">', `<style>${style}</style>`],
    [DATA, `<!--\n${licenses}-->\n${DATA}`],
    ['<script src="main.ts"></script>', `<script>${script}</script>`],
  ]);
  const [head = '', tail = ''] = filled.split(DATA);
  return { head, tail, policy };
}

async function readLicenses(): Promise<string> {
  const texts = Object.entries(LICENSES).map(async ([name, file]) => {
    const text = await readFile(new URL(`../node_modules/${name}/${file}`, import.meta.url), 'utf8');
    return `The script contains ${name}.\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join('\n');
}

/** Puts each text in its place. Throws unless the template has every place exactly once. */
function fill(template: string, places: readonly (readonly [place: string, text: string])[]): string {
  for (const place of [DATA, ...places.map(([name]) => name)]) {
    if (template.split(place).length !== 2) throw new Error(`page.html needs ${place} exactly once`);
  }
  // A function, because a `$&` in a script would be taken for the place.
  return places.reduce((page, [place, text]) => page.replace(place, () => text), template);
}

/** Writes the built page as the module that `loadPageShell` imports. */
export async function writePageShell(): Promise<void> {
  const shell = await buildPageShell();
  const source = `// Built from src/page by build/page.ts.\nexport const shell = ${JSON.stringify(shell)};\n`;
  await writeFile(GENERATED, source);
}

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, PAGE))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    legalComments: 'none',
  });
  const text = outputFiles[0]?.text.trim() ?? '';
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${file} would end its own element in the page`);
  return text;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

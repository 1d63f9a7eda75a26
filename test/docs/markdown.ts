import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of a document. */
export interface Block {
  /** `README.md:47`. */
  readonly where: string;
  readonly file: string;
  readonly language: string;
  readonly text: string;
}

/** A command after a `$ ` prompt, and what the document says that it prints. */
export interface Step {
  readonly command: string;
  readonly output: string;
}

/** The documents that people follow. */
export const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join('docs', name)),
];

export function blocksOf(file: string): Block[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
    ({ index, 1: language = '', 2: content = '' }) => ({
      where: `${file}:${text.slice(0, index).split('\n').length}`,
      file,
      language,
      text: content,
    }),
  );
}

/** Code in running text and tables, outside fenced blocks. */
export function inlineCodeOf(file: string): string[] {
  const prose = readFileSync(file, 'utf8').replace(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replaceAll('\\|', '|').replace(/\s+/g, ' '),
  );
}

/** The steps of a block with prompts; a command that ends in `\` goes on in the next line. */
export function stepsOf({ text }: Block): Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = ''] = /^(?:.*\\\n)*.*\n/.exec(part) ?? [];
      return { command: command.trimEnd(), output: part.slice(command.length) };
    });
}

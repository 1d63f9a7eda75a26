import type { PageMeta, PageRow } from './contract.js';
import { decodeRow } from './wire.js';

/** The bill's data blocks in the page. Throws when one is missing or is not what the command writes. */
export function readEmbedded(): { meta: PageMeta; rows: PageRow[] } {
  const metaBlock = document.querySelector('script[data-block="meta"]');
  const rowBlocks = document.querySelectorAll('script[data-block="rows"]');
  return {
    meta: decodeMeta(parseBlock(metaBlock)),
    rows: [...rowBlocks].flatMap((block) => {
      const rows = parseBlock(block);
      if (!Array.isArray(rows)) throw new TypeError('a block of messages is not a list');
      return rows.map(decodeRow);
    }),
  };
}

function parseBlock(block: Element | null): unknown {
  return JSON.parse(block?.textContent ?? '');
}

function decodeMeta(value: unknown): PageMeta {
  if (!isMeta(value)) throw new TypeError('the description of the bill lacks a field');
  return value;
}

function isMeta(value: unknown): value is PageMeta {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const isText = (name: string) => typeof fields.get(name) === 'string';
  const isTextOrAbsent = (name: string) => !fields.has(name) || isText(name);
  return (
    ['source', 'period', 'timezone', 'rules', 'asOf', 'total'].every(isText) &&
    ['from', 'to', 'state'].every(isTextOrAbsent) &&
    typeof fields.get('count') === 'number' &&
    typeof fields.get('filtered') === 'boolean'
  );
}

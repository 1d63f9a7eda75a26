import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { openTimeZone } from '../calendar/time-zone.js';
import { DataError, UnreadableError } from '../errors.js';
import { sumsInWords } from '../format/amounts.js';
import { summaryFacts } from '../format/documents/summary.js';
import { SUMMARY_FORMATS } from '../format/formats.js';
import { jsonValues } from '../json/scan.js';
import { reasonOf } from '../os-error.js';
import type { Writer } from '../output/writer.js';
import { mergeSummaries } from '../usage/summary/merge-summaries.js';
import { type PartialSummary, readPartialSummary } from '../usage/summary/partial-summary.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';
import { asOfFrom } from './options/as-of-option.js';
import { resultFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';
import { renderSummary } from './write-summary.js';

/** Runs `merge`: adds the documents of `summary --json`, several in a file or not. */
export async function runMerge(paths: readonly string[], flags: RawFlags, run: Run): Promise<void> {
  const now = Date.now();
  const output = resultFrom(flags, SUMMARY_FORMATS);
  const parts: PartialSummary[] = [];
  for (const path of paths.length === 0 ? ['-'] : paths) parts.push(...(await readParts(path, run)));
  const merged = mergeSummaries(parts);
  const zone = openTimeZone(merged.timezone);
  const facts = summaryFacts(
    merged.summary,
    { ...merged, source: merged.sources.join(', '), zone },
    asOfFrom(flags, zone),
    now,
  );
  const { messages, credits } = merged.summary;
  const write = async (writer: Writer) => {
    for (const piece of await renderSummary(merged.summary, facts, output, run)) await writer.write(piece);
  };
  await deliver(output, run, write, () => sumsInWords(messages, credits));
}

async function readParts(path: string, { host, signal }: Run): Promise<PartialSummary[]> {
  const name = path === '-' ? 'stdin' : path;
  const reading = path === '-' ? buffer(host.stdin) : readFile(path, { signal });
  const bytes = await reading.catch((error: unknown) => {
    signal.throwIfAborted();
    throw new UnreadableError(name, reasonOf(error));
  });
  const documents = [...jsonValues(bytes, name)];
  if (documents.length === 0) throw new DataError(name, 'holds no summary, so a part would be missing');
  const many = documents.length > 1;
  return documents.map((json, index) =>
    readPartialSummary(json.toString(), many ? `${name}, summary ${index + 1}` : name),
  );
}

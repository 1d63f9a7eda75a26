import { buffer } from 'node:stream/consumers';
import { Command } from '@commander-js/extra-typings';
import { openTimeZone } from '../../calendar/time-zone.js';
import { DataError } from '../../errors.js';
import { sumsInWords } from '../../format/amounts.js';
import { summaryFacts } from '../../format/documents/summary.js';
import { SUMMARY_FORMATS } from '../../format/formats.js';
import { visible } from '../../format/text.js';
import { jsonValues } from '../../json/scan.js';
import { openInput } from '../../source/file.js';
import {
  mergeSummaries,
  type PartialSummary,
  readPartialSummary,
} from '../../usage/summary/merge-summaries.js';
import { argument, withOptions } from '../options/declare.js';
import { refuseTerminal, resultChoice, resultOptions } from '../options/output.js';
import { asOfIn, asOfOption } from '../options/period.js';
import type { Context } from '../process/host.js';
import { deliverPieces } from '../run/deliver.js';
import { defineCommand } from './define.js';
import { renderSummary } from './summary.js';

export const make = defineCommand({
  purpose: 'Serve and scale:',
  declare: () =>
    withOptions(
      new Command('merge')
        .description('add the documents of summary --json exactly, in any order: parts of one period')
        .addArgument(
          argument('[files...]', 'summaries, one or more a file; stdin without any', {
            file: 'read',
            summed: true,
          }).default(['-']),
        ),
      [
        asOfOption('Summary:'),
        ...resultOptions(SUMMARY_FORMATS, 'the {"summary":{…}} document, one group a line'),
      ],
    ),
  async run(options, context, paths) {
    const now = Date.now();
    const output = resultChoice(options, SUMMARY_FORMATS);
    refuseTerminal(output, context.host);
    const parts: Part[] = [];
    for (const path of paths) parts.push(...(await readParts(path, context)));
    for (const line of copiesAmong(parts)) context.host.stderr.write(`o-copilot: ${line}\n`);
    const merged = mergeSummaries(parts.map(({ summary }) => summary));
    const zone = openTimeZone(merged.timezone);
    const facts = summaryFacts(merged.summary, { ...merged, zone }, asOfIn(zone, options), now);
    const { messages, credits } = merged.summary;
    await deliverPieces(
      output,
      context,
      () => renderSummary(merged.summary, facts, output, context),
      () => sumsInWords(messages, credits),
    );
  },
});

interface Part {
  /** Its file, and which of several in it. */
  readonly name: string;
  readonly json: string;
  readonly summary: PartialSummary;
}

async function readParts(path: string, { host, signal }: Context): Promise<Part[]> {
  const { name, bytes } = await openInput(path, host.stdin, signal);
  const documents = [...jsonValues(await buffer(bytes()), name)];
  if (documents.length === 0) throw new DataError(name, 'holds no summary, so a part would be missing');
  const many = documents.length > 1;
  return documents.map((document, index) => {
    const json = document.toString();
    const part = many ? `${name}, summary ${index + 1}` : name;
    return { name: part, json, summary: readPartialSummary(json, part) };
  });
}

/** Two partitions may add up alike, so copies are no error; but a copied file is a more likely reason. */
function* copiesAmong(parts: readonly Part[]): Iterable<string> {
  const firstOf = new Map<string, string>();
  for (const { name, json, summary } of parts) {
    const first = firstOf.get(json);
    if (first === undefined) firstOf.set(json, name);
    else if (summary.messages > 0)
      yield visible(`${first} and ${name} are the same to the byte; both are added`);
  }
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { version } from '../../package.json';
import { UnreadableError } from '../errors.js';
import { verificationJson, verificationText } from '../format/documents/verification.js';
import { DOCUMENT_FORMATS } from '../format/formats.js';
import { CONTRACT_FIELDS } from '../format/rows.js';
import { reasonOf } from '../os-error.js';
import { checkExport } from '../receipt/check-export.js';
import { readReceipt } from '../receipt/read-receipt.js';
import { compareReceipts, dataTables } from '../receipt/receipt.js';
import { readFileChunks } from '../source/file.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';
import { makeAgain } from './make-again.js';
import { resultFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';

/** Runs `verify`: exit status 1 where the export, or the bill computed again, is not what the receipt says. */
export async function runVerify(path: string, receiptPath: string, flags: RawFlags, run: Run): Promise<void> {
  const output = resultFrom(flags, DOCUMENT_FORMATS);
  const receipt = readReceipt(await readText(receiptPath), receiptPath);
  const sha256 = await digestOf(path, run.signal);
  const file = { name: path, sha256, bytes: () => readFileChunks(path, run.signal) };
  const offline = await checkExport(receipt, file, CONTRACT_FIELDS);
  const again = typeof flags.source === 'string';
  const repeated = again ? compareReceipts(receipt, await makeAgain(receipt, flags, run)) : [];
  const known = new Set(offline.differences.map(({ what }) => what));
  const differences = [...offline.differences, ...repeated.filter(({ what }) => !known.has(what))];
  const verification = {
    path,
    receipt,
    differences,
    again,
    unchecked: offline.unchecked.filter((path) => !known.has(path) && (!again || isNotComputed(path))),
    unread: again ? undefined : offline.unread,
    program: `o-copilot ${version}`,
    tables: dataTables(),
  };
  await deliver(output, run, async (writer) => {
    const write = output.format === 'json' ? verificationJson : verificationText;
    await writer.write(write(verification));
  });
  if (differences.length > 0) run.host.exitCode = 1;
}

/** Members of a receipt that a bill computed again takes from it, or that shape no byte of it. */
function isNotComputed(path: string): boolean {
  return /^(program|source|as_of|flags|tables)\b/.test(path);
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UnreadableError(path, reasonOf(error));
  });
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk);
  } catch (error) {
    signal.throwIfAborted();
    throw new UnreadableError(path, reasonOf(error));
  }
  return hash.digest('hex');
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { version } from '../../package.json';
import { UnreadableError } from '../errors.js';
import { DOCUMENT_FORMATS } from '../format/formats.js';
import { reasonOf } from '../os-error.js';
import { compareReceipts, contradictions, type Difference } from '../receipt/compare-receipts.js';
import { readReceipt } from '../receipt/read-receipt.js';
import { verificationJson, verificationText } from '../render/verification.js';
import { deliver } from './deliver.js';
import type { Run } from './host.js';
import { makeAgain } from './make-again.js';
import { resultFrom } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';

/** Runs `verify`: exit status 1 where the export, or the bill computed again, is not what the receipt says. */
export async function runVerify(path: string, receiptPath: string, flags: RawFlags, run: Run): Promise<void> {
  const output = resultFrom(flags, DOCUMENT_FORMATS);
  const receipt = readReceipt(await readText(receiptPath), receiptPath);
  const found = await digestOf(path, run.signal);
  const differences: Difference[] = contradictions(receipt);
  if (found !== receipt.output.sha256) {
    differences.push({ what: `SHA-256 of ${path}`, receipt: receipt.output.sha256, found });
  }
  const again = typeof flags.source === 'string';
  if (again) differences.push(...compareReceipts(receipt, await makeAgain(receipt, flags, run)));
  const verification = { path, receipt, differences, again, program: `o-copilot ${version}` };
  await deliver(output, run, async (sink) => {
    const write = output.format === 'json' ? verificationJson : verificationText;
    await sink.write(write(verification));
  });
  if (differences.length > 0) run.host.exitCode = 1;
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

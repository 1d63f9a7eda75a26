import { InvalidValue, type Parse } from '../config/value.js';
import { type Amount, parseAmount } from '../engine/index.js';
import { CommandLineError } from '../errors.js';
import { flagValue } from './options/check-values.js';
import type { RawFlags } from './options/setting-options.js';

/** What `diff` is asked: an export against another or the live source, or a bill against an invoice. */
export type DiffRequest =
  | { readonly old: string; readonly fresh: string | undefined }
  | { readonly bill: string | undefined; readonly invoice: Amount };

/** @throws CommandLineError */
export function diffRequestFrom(
  old: string | undefined,
  fresh: string | undefined,
  flags: RawFlags,
): DiffRequest {
  if (typeof flags.total === 'string') {
    const invoice = flagValue('--total', flags.total, amount);
    if (fresh === undefined) return { bill: old, invoice };
    throw new CommandLineError('--total: reconciles one bill, so give OLD alone or nothing');
  }
  if (old === undefined) {
    throw new CommandLineError('diff needs the export to compare with, or --total');
  }
  if (fresh !== undefined) {
    const narrowed = ['since', 'until', 'report', 'kind'].find((name) => flags[name] !== undefined);
    if (narrowed !== undefined) {
      throw new CommandLineError(`--${narrowed}: is for the source, and two files are compared as they are`);
    }
  }
  return { old, fresh };
}

const amount: Parse<Amount> = (text) => {
  const parsed = parseAmount(text);
  if (parsed === undefined) throw new InvalidValue('an amount of credits such as 1234.55', text);
  return parsed;
};

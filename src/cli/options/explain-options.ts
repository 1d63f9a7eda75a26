import { CommandLineError } from '../../errors.js';
import type { RawFlags } from './setting-options.js';

/** What is to be explained: a message of the period, or a text on its own. */
export type ExplainTarget = { readonly message: number | bigint } | { readonly text: string };

/** @throws CommandLineError */
export function targetFrom(messageId: string | undefined, { text }: RawFlags): ExplainTarget {
  if (typeof text === 'string' && messageId === undefined) return { text };
  if (messageId === undefined) throw new CommandLineError('explain needs a message id, or --text');
  if (text !== undefined) throw new CommandLineError('--text: is for a text instead of a message');
  if (!/^-?\d{1,40}$/.test(messageId)) {
    throw new CommandLineError(`expected the id of a message, an integer, got ${JSON.stringify(messageId)}`);
  }
  const id = Number(messageId);
  return { message: Number.isSafeInteger(id) ? id + 0 : BigInt(messageId) };
}

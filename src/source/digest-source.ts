import { createHash } from 'node:crypto';
import type { Source } from './source.js';

/** What a bill was computed from. */
export interface InputDigests {
  /** SHA-256 in hex of the messages document, decompressed. */
  readonly messages: string;
  readonly reports: {
    readonly count: number;
    /** SHA-256 in hex of the lines `id sha256`, each with a newline, in the order of the ids by UTF-16 unit. */
    readonly sha256: string;
  };
  /** Ids of the reports that did not exist, in the same order. */
  readonly missing: readonly string[];
}

/** Reads through a source and records the digests of its documents. */
export function createInputDigests() {
  let messages: string | undefined;
  const reports = new Map<string, string>();
  const missing = new Set<string>();

  return {
    /** The same source, its bytes hashed as they pass. */
    wrap: (source: Source): Source => ({
      name: source.name,
      close: () => source.close(),
      messages: (consume) =>
        source.messages((bytes) => {
          messages = undefined;
          return consume(
            hashed(bytes, (digest) => {
              messages = digest;
            }),
          );
        }),
      async report(id) {
        const bytes = await source.report(id);
        if (bytes === undefined) missing.add(String(id));
        else reports.set(String(id), sha256(bytes));
        return bytes;
      },
    }),

    /** Undefined before the messages document was read to its end. */
    value(): InputDigests | undefined {
      if (messages === undefined) return undefined;
      const lines = [...reports].map(([id, digest]) => ({ id, digest })).sort(byId);
      return {
        messages,
        reports: {
          count: lines.length,
          sha256: sha256(lines.map(({ id, digest }) => `${id} ${digest}\n`).join('')),
        },
        missing: [...missing].sort(),
      };
    },
  };
}

async function* hashed(
  bytes: AsyncIterable<Uint8Array>,
  finish: (digest: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  finish(hash.digest('hex'));
}

const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

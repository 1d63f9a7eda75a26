import sample from './sample.json' with { type: 'json' };
import type { Source } from './source.js';

/** A month of made-up messages that comes with the program, so that it can be tried without a network. */
export function sampleSource(): Source {
  const reports = new Map<string, unknown>(Object.entries(sample.reports));
  return {
    name: 'sample',
    messages: (consume) => consume(inOnePiece(JSON.stringify(sample.messages))),
    report: async (id) => {
      const report = reports.get(String(id));
      return report === undefined ? undefined : Buffer.from(JSON.stringify(report));
    },
    close: async () => {},
  };
}

async function* inOnePiece(document: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(document);
}

import type { Reply, UpstreamOptions } from '../../upstream.js';
import { BILL, MESSAGES_PATH, REPORT_PATH, USUAL } from '../period.js';

/** One fault, where it strikes, and how the run has to end. */
export interface Fault {
  /** One line; begins with the numbers of the public bug reports that it answers, where there are any. */
  readonly name: string;
  readonly upstream: UpstreamOptions;
  /** Makes `--source` of the upstream's URL, where it is not that itself. */
  readonly source: (url: string) => string;
  /** Beside `--format`, `--source` and short limits; a later flag wins. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly format: 'json' | 'csv' | 'table';
  readonly status: number;
  /** stdout, whole. */
  readonly stdout: string;
  /** Each stands in stderr. Empty: stderr is empty. */
  readonly says: readonly string[];
  /** Requests by path. */
  readonly hits: Readonly<Record<string, number>>;
  /** Milliseconds that the run takes at the most, with room for a busy machine. */
  readonly within: number;
}

type Rest = Partial<Omit<Fault, 'name' | 'status' | 'says'>>;

const ORDINARY = {
  upstream: USUAL,
  source: (url: string) => url,
  args: [],
  env: {},
  format: 'json',
  hits: {},
  within: 15_000,
} as const;

/** The run ends with `status`, writes nothing on stdout, and says why in one line. */
export function fails(
  status: number,
  name: string,
  says: string | readonly string[],
  rest: Rest = {},
): Fault {
  return { name, status, says: [says].flat(), stdout: '', ...ORDINARY, ...rest };
}

/** The run ends with the whole bill and says nothing. */
export function succeeds(name: string, rest: Rest = {}): Fault {
  return { name, status: 0, says: [], stdout: BILL, ...ORDINARY, ...rest };
}

/** The usual upstream, with these answers to the request for the messages document. */
export function atMessages(...replies: Reply[]): UpstreamOptions {
  return { ...USUAL, script: { [MESSAGES_PATH]: replies } };
}

/** The usual upstream, with these answers to the request for report 5392. */
export function atReport(...replies: Reply[]): UpstreamOptions {
  return { ...USUAL, script: { [REPORT_PATH]: replies } };
}

/** Both places, for faults that must end alike wherever they strike. */
export const PLACES = [
  { where: 'messages', at: atMessages, path: MESSAGES_PATH },
  { where: 'a report', at: atReport, path: REPORT_PATH },
] as const;

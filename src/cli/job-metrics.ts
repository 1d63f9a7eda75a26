import { readFile } from 'node:fs/promises';
import { formatAmount } from '../engine/index.js';
import { writeFileAtomically } from '../output/file.js';
import { KINDS } from '../usage/pricing/priced-row.js';
import type { JobRecord } from './guard-job.js';

/** How a job ended. */
export interface JobOutcome {
  readonly record: JobRecord;
  readonly exitCode: number;
  readonly milliseconds: number;
}

const LAST_SUCCESS = 'o_copilot_last_success_timestamp_seconds';

/**
 * Writes a textfile for the Prometheus node exporter's collector. A failed run keeps the time of the last
 * success that the file told, so that an alert can say how old the last good export is.
 *
 * @throws CannotCreateError, CannotWriteError
 */
export async function writeMetrics(path: string, outcome: JobOutcome): Promise<void> {
  const { record, exitCode, milliseconds } = outcome;
  const counts = record.period?.counts() ?? { messages: 0, retries: 0 };
  const lastSuccess = exitCode === 0 ? `${Math.floor(Date.now() / 1000)}` : await lastSuccessIn(path);
  const text = [
    gauge('o_copilot_success', 'Whether the last run ended with exit status 0.', exitCode === 0 ? '1' : '0'),
    gauge('o_copilot_exit_status', 'Exit status of the last run.', `${exitCode}`),
    ...(lastSuccess === undefined
      ? []
      : [gauge(LAST_SUCCESS, 'When a run last ended with exit status 0, seconds since 1970.', lastSuccess)]),
    gauge('o_copilot_duration_seconds', 'How long the last run took.', (milliseconds / 1000).toFixed(3)),
    gauge('o_copilot_messages', 'Messages that the last run read.', `${counts.messages}`),
    gauge('o_copilot_retries', 'Requests that the last run made again.', `${counts.retries}`),
    creditsByKind(record),
  ];
  await writeFileAtomically(path, text.join(''));
}

function gauge(name: string, help: string, value: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;
}

/** Nothing before the bill is whole: a partial sum would look like a small bill. */
function creditsByKind({ totals }: JobRecord): string {
  if (totals === undefined) return '';
  const name = 'o_copilot_credits';
  const lines = KINDS.map((kind) => `${name}{kind="${kind}"} ${formatAmount(totals.byKind[kind].credits)}\n`);
  return `# HELP ${name} Credits of the rows that the last run gave, by what priced them.\n# TYPE ${name} gauge\n${lines.join('')}`;
}

async function lastSuccessIn(path: string): Promise<string | undefined> {
  const earlier = await readFile(path, 'utf8').catch(() => '');
  return new RegExp(`^${LAST_SUCCESS} (\\d+)$`, 'm').exec(earlier)?.[1];
}

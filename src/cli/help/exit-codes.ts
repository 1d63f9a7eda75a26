import { ERRORS, SIGNAL_STATUS } from '../../errors.js';
import type { TopicSection } from './layout.js';

/** Each status once, with the first meaning that the table of errors has for it. */
function statuses(): TopicSection['entries'] {
  const meanings = new Map<number, string>([
    [0, 'done; also when the reader of a pipe left early, as head does'],
    [1, 'diff and verify: the two differ; budget: over its limit'],
  ]);
  for (const [code, { exitCode, meaning }] of Object.entries(ERRORS)) {
    if (code !== 'interrupted' && !meanings.has(exitCode)) meanings.set(exitCode, meaning);
  }
  for (const [signal, status] of Object.entries(SIGNAL_STATUS)) meanings.set(status, `stopped by ${signal}`);
  return [...meanings].map(([status, meaning]) => [`${status}`, meaning]);
}

export function exitCodes(): TopicSection[] {
  return [
    {
      title: 'Exit status',
      entries: statuses(),
      notes: [
        'After any but 0 and 1 nothing was written: stdout is empty, and the file of --output is what it was. --stream and price are the exceptions: they write as they read.',
        'With --json or --ndjson the error on stderr is one line of JSON: {"error":{"code":…,"message":…,"exit_code":…}}.',
      ],
    },
  ];
}

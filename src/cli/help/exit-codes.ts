import type { TopicSection } from './topics.js';

const CODES: TopicSection['entries'] = [
  ['0', 'done; also when the reader of a pipe left early, as head does'],
  ['1', 'diff and verify: the two differ'],
  ['64', 'the command line is wrong'],
  ['65', 'the data is wrong; the message or report and its field are named'],
  ['66', 'a named file or folder cannot be read'],
  ['69', 'upstream failed or refused, after the retries, or the deadline passed'],
  ['70', 'a bug in this program'],
  ['71', "the system refused: serve's port is in use, or needs more rights"],
  ['73', 'the output cannot be created'],
  ['74', 'the output cannot be written, to a full disk for example'],
  ['75', 'another run holds the file of --lock'],
  ['77', 'upstream said 401 or 403'],
  ['78', 'a setting or its file is wrong'],
  ['129', 'stopped by SIGHUP'],
  ['130', 'stopped by SIGINT'],
  ['131', 'stopped by SIGQUIT'],
  ['143', 'stopped by SIGTERM'],
];

export function exitCodes(): TopicSection[] {
  return [
    {
      title: 'Exit status',
      entries: CODES,
      notes: [
        'After any but 0 and 1 nothing was written: stdout is empty, and the file of --output is what it was. --stream and price are the exceptions: they write as they read.',
        'With --json or --ndjson the error on stderr is one line of JSON: {"error":{"code":…,"message":…,"exit_code":…}}.',
      ],
    },
  ];
}

/** A fault of files, pipes or settings, played in a shell; `$SOURCE` is a good upstream, the folder is empty. */
export interface ShellFault {
  readonly name: string;
  /** Prepares the folder; the program is not called yet. */
  readonly before: string;
  readonly line: string;
  readonly status: number;
  /** Each stands in stderr. Empty: stderr is empty. */
  readonly says: readonly string[];
  /** stdout, whole; `bill` and `csv` stand for the bill. */
  readonly stdout: 'bill' | 'csv' | '';
  /** Every file of the folder afterwards. */
  readonly leaves: Readonly<Record<string, string | 'csv'>>;
}

type Rest = Partial<Pick<ShellFault, 'before' | 'stdout' | 'leaves'>>;

function shellFault(
  status: number,
  name: string,
  line: string,
  says: string | string[],
  rest: Rest = {},
): ShellFault {
  return {
    name,
    line,
    status,
    says: [says].flat().filter(Boolean),
    before: ':',
    stdout: '',
    leaves: {},
    ...rest,
  };
}

const OLD = { before: 'printf old > bill.csv', leaves: { 'bill.csv': 'old' } };
const USAGE = 'o-copilot --source "$SOURCE"';
const FULL = 'mkdir full && mount -t tmpfs -o size=64k tmpfs full && printf old > full/bill.csv';

const stdout: ShellFault[] = [
  shellFault(74, 'stdout is /dev/full', `${USAGE} --json > /dev/full`, 'no space left on device'),
  shellFault(
    74,
    'stdout is /dev/full, --stream',
    `${USAGE} --json --stream > /dev/full`,
    'no space left on device',
  ),
  shellFault(74, '--output /dev/full', `${USAGE} --csv --output /dev/full`, 'no space left on device'),
  shellFault(74, 'help into /dev/full', 'o-copilot --help > /dev/full', ''),
  shellFault(0, '--output - is stdout', `${USAGE} --json --output -`, '', { stdout: 'bill' }),
  shellFault(0, '--output /dev/stdout is stdout', `${USAGE} --json --output /dev/stdout`, '', {
    stdout: 'bill',
  }),
  shellFault(0, '--output /dev/null', `${USAGE} --json --output /dev/null`, ''),
  shellFault(0, 'stdin closed', `${USAGE} --json <&-`, '', { stdout: 'bill' }),
  shellFault(0, 'stderr closed', `${USAGE} --json 2>&-`, '', { stdout: 'bill' }),
  shellFault(
    69,
    'stderr closed, and a failure',
    'o-copilot --json --source http://127.0.0.1:9 --retries 0 2>&-',
    '',
  ),
  shellFault(66, 'stderr is /dev/full, and a failure', 'o-copilot --source /nope 2>/dev/full', ''),
  shellFault(0, 'stdout closed, --output goes on', `${USAGE} --output bill.csv >&-`, '', {
    leaves: { 'bill.csv': 'csv' },
  }),
  shellFault(0, 'C048 | head -1', `${USAGE} --json | head -1 > /dev/null`, ''),
  shellFault(0, 'C048 | true', `${USAGE} --csv | true`, ''),
];

const files: ShellFault[] = [
  shellFault(0, '--output replaces the old file', `${USAGE} --output bill.csv`, '', {
    ...OLD,
    leaves: { 'bill.csv': 'csv' },
  }),
  shellFault(73, '--output is a folder', `${USAGE} --csv --output there`, 'is a directory', {
    before: 'mkdir there',
  }),
  shellFault(
    73,
    '--output in a folder that is not there',
    `${USAGE} --output no/bill.csv`,
    'there is no folder',
  ),
  shellFault(
    73,
    '--output in a place where nobody may write',
    `${USAGE} --output /proc/bill.csv`,
    'cannot create /proc/bill.csv',
  ),
  shellFault(
    73,
    '--output with a file where a folder should be',
    `${USAGE} --output bill.csv/x.csv`,
    'not a directory',
    OLD,
  ),
  shellFault(73, '--output ends in a slash', `${USAGE} --csv --output new/`, 'does not name a file'),
  shellFault(
    73,
    '--output is a name of 300 characters',
    `${USAGE} --csv --output ${'x'.repeat(300)}`,
    'name too long',
  ),
  shellFault(73, '--output through a circle of links', `${USAGE} --output a.csv`, 'symbolic link', {
    before: 'ln -s b.csv a.csv; ln -s a.csv b.csv',
  }),
  shellFault(
    0,
    '--output follows a link and keeps it',
    `${USAGE} --output link.csv && test -L link.csv`,
    '',
    {
      before: 'printf old > bill.csv; ln -s bill.csv link.csv',
      leaves: { 'bill.csv': 'csv', 'link.csv': 'csv' },
    },
  ),
  shellFault(
    0,
    '--output through a link to a file that is not there yet',
    `${USAGE} --output link.csv && test -L link.csv`,
    '',
    {
      before: 'ln -s bill.csv link.csv',
      leaves: { 'bill.csv': 'csv', 'link.csv': 'csv' },
    },
  ),
  shellFault(
    0,
    '--output keeps the mode',
    `${USAGE} --output bill.csv && test "$(stat -c %a bill.csv)" = 640`,
    '',
    {
      before: 'printf old > bill.csv; chmod 640 bill.csv',
      leaves: { 'bill.csv': 'csv' },
    },
  ),
  shellFault(
    0,
    'umask 077 makes a private file',
    `umask 077; ${USAGE} --output bill.csv && test "$(stat -c %a bill.csv)" = 600`,
    '',
    {
      leaves: { 'bill.csv': 'csv' },
    },
  ),
  shellFault(
    74,
    'a file size limit',
    `(ulimit -f 0; trap '' XFSZ; ${USAGE} --output bill.csv)`,
    'cannot write bill.csv: file too large',
    OLD,
  ),
  shellFault(
    69,
    'C082 a failure leaves the old file',
    `o-copilot --source http://127.0.0.1:9 --retries 0 --output bill.csv`,
    'refused',
    OLD,
  ),
  shellFault(
    65,
    'C082 wrong data leaves the old file',
    `echo '{}' | o-copilot --source - --output bill.csv`,
    'messages: is missing',
    OLD,
  ),
  shellFault(73, 'a read-only file system', `${USAGE} --output ro/bill.csv`, 'read-only file system', {
    before: 'mkdir ro && mount -t tmpfs -o ro tmpfs ro',
  }),
  shellFault(
    74,
    'a full file system',
    `head -c 70000 /dev/zero > full/other 2>/dev/null; ${USAGE} --output full/bill.csv; status=$?; grep -q '^old$' full/bill.csv && test "$(ls -A full | wc -l)" = 2 && exit $status`,
    'no space left on device',
    { before: FULL },
  ),
];

const RUNNING = `exec 9> job.lock; flock 9;`;

const jobs: ShellFault[] = [
  shellFault(
    75,
    '--lock held by another run',
    `${RUNNING} ${USAGE} --output bill.csv --lock job.lock`,
    'another run holds the lock',
    {
      ...OLD,
      leaves: { 'bill.csv': 'old', 'job.lock': '' },
    },
  ),
  shellFault(
    75,
    '--lock held by another run: its metrics stay',
    `${RUNNING} printf theirs > m.prom; ${USAGE} --output bill.csv --lock job.lock --metrics m.prom`,
    'another run holds',
    {
      leaves: { 'job.lock': '', 'm.prom': 'theirs' },
    },
  ),
  shellFault(0, '--lock left by a run that was killed', `${USAGE} --output bill.csv --lock job.lock`, '', {
    before: "printf 'pid 999999\\n' > job.lock",
    leaves: { 'bill.csv': 'csv', 'job.lock': '' },
  }),
  shellFault(
    73,
    '--lock in a folder that is not there',
    `${USAGE} --output bill.csv --lock no/job.lock`,
    'cannot create no/job.lock',
    OLD,
  ),
  shellFault(73, '--lock is a folder', `${USAGE} --lock there`, 'cannot create there', {
    before: 'mkdir there',
  }),
  shellFault(
    69,
    'a failure wins over metrics that cannot be written',
    `o-copilot --source http://127.0.0.1:9 --retries 0 --metrics no/m.prom`,
    'refused',
  ),
  shellFault(
    73,
    'metrics that cannot be written after a good run',
    `${USAGE} --output bill.csv --metrics no/m.prom`,
    'cannot create no/m.prom',
    {
      leaves: { 'bill.csv': 'csv' },
    },
  ),
  ...[
    '--metrics bill.csv',
    '--lock bill.csv',
    '--lock ./bill.csv',
    '--lock job --metrics job',
    '--metrics link.csv',
  ].map((flags) =>
    shellFault(
      64,
      `one file for two jobs: --output bill.csv ${flags}`,
      `${USAGE} --output bill.csv ${flags}`,
      'the same file',
      {
        before: 'printf old > bill.csv; ln -s bill.csv link.csv',
        leaves: { 'bill.csv': 'old', 'link.csv': 'old' },
      },
    ),
  ),
];

const env = (content: string) => ({
  before: `printf '${content}' > .env`,
  leaves: { '.env': content.replaceAll('\\n', '\n') },
});

const settings: ShellFault[] = [
  shellFault(
    78,
    'a wrong duration in .env',
    USAGE,
    ['.env line 2 (O_COPILOT_DEADLINE)', 'expected a duration'],
    env('# limits\\nO_COPILOT_DEADLINE=10\\n'),
  ),
  shellFault(
    78,
    'an unknown name in .env',
    USAGE,
    ['.env line 1 (O_COPILOT_DEADLIN)', 'no such setting'],
    env('O_COPILOT_DEADLIN=10s\\n'),
  ),
  shellFault(
    78,
    'a wrong value in --env-file',
    `${USAGE} --env-file job.env`,
    'job.env line 1 (O_COPILOT_RETRIES)',
    {
      before: 'printf "O_COPILOT_RETRIES=many\\n" > job.env',
      leaves: { 'job.env': 'O_COPILOT_RETRIES=many\n' },
    },
  ),
  shellFault(78, '.env is a folder', USAGE, '.env: cannot be read', { before: 'mkdir .env' }),
  shellFault(0, 'C089 .env with CRLF, without a last newline, other names', `${USAGE} --json`, '', {
    ...env('OTHER=1\\r\\nexport O_COPILOT_RETRIES="2"'),
    leaves: { '.env': 'OTHER=1\r\nexport O_COPILOT_RETRIES="2"' },
    stdout: 'bill',
  }),
  shellFault(
    0,
    'C123 a flag wins over the environment, and that over .env',
    `O_COPILOT_RULES=wrong ${USAGE} --rules published --json`,
    '',
    {
      ...env('O_COPILOT_RULES=wronger\\n'),
      stdout: 'bill',
    },
  ),
];

const files_read: ShellFault[] = [
  shellFault(
    66,
    'a source that is not there',
    'o-copilot --source m.json',
    'cannot read m.json: no such file or directory',
  ),
  shellFault(66, 'a folder that is no snapshot', 'o-copilot --source .', 'is not a snapshot'),
  shellFault(
    65,
    'C089 a source of no bytes',
    'o-copilot --source m.json',
    'the messages document: is empty',
    { before: ': > m.json', leaves: { 'm.json': '' } },
  ),
  shellFault(
    65,
    'C089 a source of white space',
    'o-copilot --source m.json',
    'the messages document: is empty',
    {
      before: "printf ' \\n' > m.json",
      leaves: { 'm.json': ' \n' },
    },
  ),
  shellFault(65, 'an empty stdin', 'o-copilot --source - < /dev/null', 'the messages document: is empty'),
  shellFault(
    0,
    'a source that is a FIFO whose writer comes late',
    `test "$(o-copilot --json --source m.json)" = '{"usage":[]}' && rm m.json`,
    '',
    { before: `mkfifo m.json; { sleep 1; printf '{"messages":[]}' > m.json; } & true` },
  ),
  shellFault(
    0,
    'a source that is <(command)',
    `test "$(o-copilot --json --source <(sleep 1; printf '{"messages":['; sleep 1; printf ']}'))" = '{"usage":[]}'`,
    '',
  ),
  shellFault(
    69,
    'C013 a stdin that never ends, until the deadline',
    'sleep 4 | o-copilot --source - --deadline 500ms',
    'deadline of 500 ms passed',
  ),
  shellFault(
    69,
    'C013 a file that never ends, until the deadline',
    'exec 3<> m.json; o-copilot --source m.json --deadline 500ms; status=$?; rm m.json; exit $status',
    'deadline of 500 ms passed',
    {
      before: 'mkfifo m.json',
    },
  ),
];

export const SHELL_FAULTS: readonly ShellFault[] = [...stdout, ...files, ...jobs, ...settings, ...files_read];

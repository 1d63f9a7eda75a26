import { USUAL } from '../period.js';
import { type Fault, fails, succeeds } from './fault.js';

const NO_COUNTS = ['', ' ', '0x10', '1e400', '-0', '08x', '12abc', '9007199254740993', '-5', 'NaN'];
const NO_DURATIONS = ['', ' ', '10', '0ms', '1e3s', '-1s', '1.5s', '10 s', '99999999h'];

function wrongFlag(flag: string, value: string): Fault {
  return fails(64, `C034 C035 C165 ${flag}=${JSON.stringify(value)}`, `${flag}: expected`, {
    args: [`${flag}=${value}`],
    hits: { '/messages/current-period': 0 },
  });
}

/** Base URLs and settings that are odd or wrong. */
export const sources: Fault[] = [
  ...['', '/', '//', '?key=1', '/?key=1', ' '].map((suffix) =>
    succeeds(`C128 a base URL that ends in "/api${suffix}"`, {
      upstream: { ...USUAL, mount: '/api' },
      source: (url) => url + suffix,
      hits: { '/api/messages/current-period': 1, '/api/reports/5392': 1 },
    }),
  ),
  ...['ftp://127.0.0.1/x', 'http://', 'http://[', 'file:///etc/passwd'].map((source) =>
    fails(64, `C069 --source ${source}`, '--source: expected an http(s) URL', {
      source: () => source,
      hits: { '/messages/current-period': 0 },
    }),
  ),
  fails(66, 'C069 --source that is neither URL nor file', 'cannot read not a url', {
    source: () => 'not a url',
  }),
  fails(64, 'C069 an empty --source', '--source', { source: () => '' }),
  ...(
    [
      ['O_COPILOT_RETRIES', '3x', 'expected a whole number'],
      ['O_COPILOT_RETRIES', '-1', 'expected a whole number'],
      ['O_COPILOT_DEADLINE', '10', 'expected a duration'],
      ['O_COPILOT_READ_TIMEOUT', '0s', 'expected a duration'],
      ['O_COPILOT_CONNECT_TIMEOUT', '1e3s', 'expected a duration'],
      ['O_COPILOT_CONCURRENCY', '0', 'expected a whole number'],
      ['O_COPILOT_TIMEZONE', 'Mars/Olympus', 'expected an IANA time zone'],
      ['O_COPILOT_RULES', 'free', 'expected one of published'],
      ['O_COPILOT_RETRYS', '3', 'no such setting'],
      ['O_COPILOT_TOKEN', 'two words', 'a header cannot carry'],
    ] as const
  ).map(([name, value, says]) =>
    fails(78, `${name}=${value}`, [name, says], {
      env: { [name]: value },
      args: ['--period', 'current-period'],
      hits: { '/messages/current-period': 0 },
    }),
  ),
  succeeds('C036 every variable empty or blank counts as not set', {
    env: {
      ...Object.fromEntries(
        ['SOURCE', 'TOKEN', 'PERIOD', 'TIMEZONE', 'RULES', 'RETRIES', 'CONNECT_TIMEOUT'].map((name) => [
          `O_COPILOT_${name}`,
          '',
        ]),
      ),
      ...Object.fromEntries(
        ['READ_TIMEOUT', 'DEADLINE', 'CONCURRENCY'].map((name) => [`O_COPILOT_${name}`, '  ']),
      ),
      HTTP_PROXY: '',
      NO_PROXY: '',
      NO_COLOR: '',
      LOG_LEVEL: '',
      CI: '',
    },
  }),
  ...NO_COUNTS.map((value) => wrongFlag('--limit', value)),
  ...['--offset', '--retries', '--concurrency'].flatMap((flag) =>
    ['', '-5'].map((value) => wrongFlag(flag, value)),
  ),
  ...NO_DURATIONS.map((value) => wrongFlag('--read-timeout', value)),
  ...['--connect-timeout', '--deadline'].flatMap((flag) => ['', '10'].map((value) => wrongFlag(flag, value))),
  succeeds('C034 C035 --limit 08 is eight', { args: ['--limit', '08'] }),
  fails(64, 'C132 since after until', '--since: 2024-05-02 is after --until 2024-05-01', {
    args: ['--since', '2024-05-02', '--until', '2024-05-01'],
  }),
  fails(64, 'C139 an unknown field', '--fields: expected one of message_id', { args: ['--fields', 'price'] }),
  fails(64, 'C139 an empty field', '--fields: expected', { args: ['--fields', 'message_id,'] }),
  fails(64, 'C032 words too many', "unexpected argument 'march'", { args: ['march', 'report'] }),
  fails(64, 'C033 an unknown option', "unknown option '--frmat'", { args: ['--frmat', 'json'] }),
];

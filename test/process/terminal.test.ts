import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { startUpstream, type UpstreamOptions } from '../upstream.js';
import { BILL, MESSAGES_PATH, manyMessages, oneReport, REPORT_PATH, USUAL } from './period.js';
import { type PtyOptions, runPty } from './pty.js';
import { type MainOptions, runMain } from './run-main.js';

const ESC = '\u001b';
const SHOW_CURSOR = `${ESC}[?25h`;
/** ora shows the cursor once more when the process ends. */
const LAST_WORDS = SHOW_CURSOR;
const HIDE_CURSOR = `${ESC}[?25l`;

/** Runs `usage FLAGS` of an upstream on a terminal. */
async function show(upstream: UpstreamOptions, flags: string, options: PtyOptions = {}, redirect = '') {
  const server = await startUpstream(upstream);
  try {
    return await runPty(`o-copilot usage --source ${server.url} ${flags} ${redirect}`, options);
  } finally {
    await server.close();
  }
}

/** Runs `usage FLAGS` of an upstream where stdout says that it is a terminal. */
async function showStdout(upstream: UpstreamOptions, flags: string, options: MainOptions = {}) {
  const server = await startUpstream(upstream);
  try {
    const words = ['usage', '--source', server.url, ...flags.split(' ').filter(Boolean)];
    return await runMain(words, { columns: 80, ...options });
  } finally {
    await server.close();
  }
}

/** The table of reports with these names, off a terminal. */
async function tableOf(names: readonly string[]) {
  const server = await startUpstream({
    messages: { messages: manyMessages(names.length, (index) => ({ report_id: index })) },
    reports: Object.fromEntries(names.map((name, id) => [id, { id, name, credit_cost: 1 }])),
  });
  try {
    return await runMain(['--table', '--source', server.url]);
  } finally {
    await server.close();
  }
}

describe.concurrent('a file that was written', () => {
  const KIND = 'fault D8 (a command that shows nothing says what it did)';
  const lines = (shown: string) => shown.replaceAll(LAST_WORDS, '').trim();

  test.for([
    ['usage --output u.csv', 'wrote u.csv: 35 messages, 658.8 credits'],
    [
      'usage --output u.json --limit 6 --sort credits_used --desc',
      'wrote u.json: 6 of 35 messages, 457.65 credits',
    ],
    ['report page.html', 'wrote page.html: 35 messages, 658.8 credits'],
    ['summary --by kind --output s.csv', 'wrote s.csv: 35 messages, 658.8 credits'],
    ['snapshot april', 'wrote april: 35 messages, 658.8 credits'],
    ['explain 1002 --json --output e.json', 'wrote e.json'],
  ])(`${KIND}: %s`, async ([command, expected]) => {
    const { shown, status } = await runPty(`o-copilot ${command} --source sample`);
    expect({ status, shown: lines(shown) }).toEqual({ status: 0, shown: `o-copilot: ${expected}` });
  });

  test(`${KIND}: merge, whose rows are sums`, async () => {
    const { shown, status } = await runPty(
      'o-copilot summary --json --source sample > a.json; o-copilot merge a.json --csv --output all.csv',
    );
    expect({ status, shown: lines(shown) }).toEqual({
      status: 0,
      shown: 'o-copilot: wrote all.csv: 35 messages, 658.8 credits',
    });
  });

  test.for([
    ['with --quiet', 'usage --quiet --output u.csv'],
    ['where stderr is a file', 'usage --output u.csv 2> err; cat err'],
    ['to stdout', 'usage --csv --output - > u.csv'],
    ['of a run that failed', 'usage --output nowhere/u.csv 2>&1 | grep wrote; true #'],
  ])(`${KIND}: nothing %s`, async ([, command]) => {
    const { shown } = await runPty(`export O_COPILOT_SOURCE=sample; o-copilot ${command}`);
    expect(lines(shown)).toBe('');
  });
});

describe.concurrent('a spinner', () => {
  const slow: UpstreamOptions = { ...USUAL, script: { [REPORT_PATH]: { delayMs: 1500 } } };

  test('C027 C050 turns on stderr, goes away, and leaves the result alone', async () => {
    const { shown, status } = await show(slow, '--json');
    expect(status).toBe(0);
    expect(shown).toMatch(/Reading usage|Waiting/);
    expect(shown.endsWith(BILL) || shown.endsWith(BILL + LAST_WORDS)).toBe(true);
    expect(shown.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(shown.lastIndexOf(HIDE_CURSOR));
  });

  test.for([
    ['NO_COLOR=1', ''],
    ['', '--color never'],
    ['', '--no-color'],
  ])('has no colour with %s%s', async ([variable, flags]) => {
    const server = await startUpstream(slow);
    const { shown } = await runPty(`${variable} o-copilot usage --source ${server.url} --json ${flags}`);
    await server.close();
    expect(shown).toMatch(/Reading usage|Waiting/);
    expect(shown).not.toContain(`${ESC}[3`);
  });

  test.for([
    ['a Content-Length', {}, /Reading usage: \d+ % of [\d.]+ [kM]B, /],
    ['a compressed Content-Length', { encoding: 'gzip' }, /Reading usage: \d+ % of [\d.]+ [kM]B, /],
    ['no Content-Length', { chunked: true }, /Reading usage: [\d,]+ messages, [\d,]+ a second/],
  ] as const)(
    'fault D6 (progress says how far, how fast, what for): of a source with %s',
    async ([, how, expected]) => {
      const messages = { messages: manyMessages(20_000, (index) => ({ text: `${Math.sin(index)}` })) };
      const trickle = { bytes: 'encoding' in how ? 8000 : 40_000, everyMs: 50 };
      const { shown, status } = await show(
        { messages, script: { [MESSAGES_PATH]: { ...how, trickle } } },
        '--json',
        { columns: 160 },
        '> bill.json',
      );
      expect(status).toBe(0);
      expect(shown).toMatch(expected);
    },
  );

  test('fault D6 (progress says how far, how fast, what for): a silent source, and one that failed', async () => {
    const script = { [MESSAGES_PATH]: [{ status: 503, delayMs: 1500 }, {}] };
    const { shown, status } = await show({ ...USUAL, script }, '--json', { columns: 160 }, '> bill.json');
    expect(status).toBe(0);
    expect(shown).toMatch(
      /Waiting [12] s, attempt 1 of 4: http:\/\/127\.0\.0\.1:\d+\/messages\/current-period/,
    );
  });

  test('fault D6 (progress says how far, how fast, what for): on a narrow terminal it stays one line', async () => {
    const script = { [MESSAGES_PATH]: { delayMs: 1500 } };
    const { shown } = await show({ ...USUAL, script }, '--json', { columns: 30 }, '> bill.json');
    expect(shown).toMatch(/Waiting [12] s, attempt 1 of …/);
    // ora goes a line up only where the last text took two.
    expect(shown).not.toContain(`${ESC}[1A`);
  });

  test.for([
    ['a pager', '--csv --stream', '| cat'],
    ['a filter', '--ndjson --stream', '| head -1'],
    ['the terminal itself', '--csv --stream', ''],
  ] as const)(
    'fault D9 (nothing is drawn over what a terminal shows): none where rows stream to %s',
    async ([, flags, to]) => {
      const { shown, status } = await show(slow, flags, {}, to);
      expect(status).toBe(0);
      expect(shown).not.toMatch(/Reading|Waiting/);
      expect(shown).not.toContain(HIDE_CURSOR);
    },
  );

  test('fault D9 (nothing is drawn over what a terminal shows): gone before the first byte of a whole result', async () => {
    const { shown, status } = await show(slow, '--json', {}, '| cat');
    expect(status).toBe(0);
    expect(shown).toContain(HIDE_CURSOR);
    expect(shown.slice(shown.indexOf('{"usage"'))).not.toMatch(/Reading|Waiting/);
  });

  test('C050 never reaches stdout', async () => {
    const { shown, status } = await show(slow, '--json', {}, "| od -c | grep -c '033'");
    expect(
      shown
        .replaceAll(/\p{Cc}\[\?\d+[hl]/gu, '')
        .trim()
        .endsWith('0'),
    ).toBe(true);
    expect(status).toBe(1);
  });

  test.for(['--quiet', 'CI=true', 'TERM=dumb'])('C028 does not turn with %s', async (how) => {
    const env = how.includes('=') ? Object.fromEntries([how.split('=')]) : {};
    const { shown } = await show(slow, how.startsWith('--') ? `--json ${how}` : '--json', { env });
    expect(shown).toBe(BILL);
  });

  test('C027 a retry told with --verbose stands whole on a line of its own', async () => {
    const upstream: UpstreamOptions = {
      ...USUAL,
      script: { [REPORT_PATH]: [{ status: 503, delayMs: 1000 }, { delayMs: 500 }] },
    };
    const { shown } = await show(upstream, '--json --verbose');
    expect(shown).toMatch(/(^|[\nGKh])o-copilot: attempt 1 of GET .*status 503; again in \d+ ms\n/);
    expect(shown.endsWith(BILL) || shown.endsWith(BILL + LAST_WORDS)).toBe(true);
  });

  test.for([
    ['Ctrl-C', 130, { script: { [MESSAGES_PATH]: { never: true } } }],
    ['Ctrl-C in the body', 130, { script: { [MESSAGES_PATH]: { stallAfterBytes: 100 } } }],
  ] as const)('C029 C105 %s ends it within a second, the cursor restored', async ([, expected, hang]) => {
    let pressed = 0;
    const { shown, status } = await show({ ...USUAL, ...hang }, '--json', {
      watch(text, type) {
        if (pressed > 0 || !text.includes(HIDE_CURSOR)) return;
        pressed = performance.now();
        type('\u0003');
      },
    });
    expect(pressed).toBeGreaterThan(0);
    expect(performance.now() - pressed).toBeLessThan(3000);
    expect(status).toBe(expected);
    expect(shown).toContain(SHOW_CURSOR);
    expect(shown.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(shown.lastIndexOf(HIDE_CURSOR));
    expect(shown).toContain('stopped by SIGINT; nothing was written');
  });

  test('C029 C082 Ctrl-C under a spinner leaves the old file and nothing else', async () => {
    const hung = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: { never: true } } });
    let pressed = false;
    const usage = `o-copilot --source ${hung.url} --output bill.csv --metrics m.prom`;
    const { shown, status } = await runPty(
      `printf old > bill.csv; ${usage}; status=$?; echo; ls -A1; cat bill.csv; exit $status`,
      {
        watch(text, type) {
          if (pressed || !text.includes(HIDE_CURSOR)) return;
          pressed = true;
          type('\u0003');
        },
      },
    );
    await hung.close();
    expect(status).toBe(130);
    expect(shown).toMatch(/\nbill\.csv\nline\.sh\nm\.prom\nold$/);
  });

  test('does not turn on a terminal that does not tell its width', async () => {
    const { shown, status } = await show(slow, '--json', { columns: 0 });
    expect(status).toBe(0);
    expect(shown).toBe(BILL);
  });
});

describe.concurrent('colour', () => {
  const table = (flags: string, env: Record<string, string>) =>
    showStdout(USUAL, `--table --quiet ${flags}`, { env });

  test.for([
    ['C023 C108 NO_COLOR=1', '', { NO_COLOR: '1' }, false],
    ['C108 NO_COLOR empty', '', { NO_COLOR: '' }, true],
    ['C108 NO_COLOR=1 FORCE_COLOR=1', '', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['C108 TERM=dumb', '', { TERM: 'dumb' }, false],
    ['C030 FORCE_COLOR=0', '', { FORCE_COLOR: '0', COLORTERM: 'truecolor' }, false],
    ['C030 FORCE_COLOR=1 TERM=dumb', '', { FORCE_COLOR: '1', TERM: 'dumb' }, true],
    ['C044 --color never', '--color never', { FORCE_COLOR: '1' }, false],
    ['C044 --color always', '--color always', { NO_COLOR: '1' }, true],
    ['C044 --color auto', '--color auto', {}, true],
    ['C044 --no-color', '--no-color', { FORCE_COLOR: '1' }, false],
    ['nothing said', '', {}, true],
  ] as const)('%s', async ([, flags, env, colored]) => {
    const { stdout, status } = await table(flags, env);
    expect(status).toBe(0);
    expect(stdout.includes(ESC)).toBe(colored);
  });

  test('C044 on a terminal of its own the bytes are those of a stream that says it is one', async () => {
    const { shown, status } = await show(USUAL, '--table --quiet');
    expect({ shown, status }).toEqual({ shown: (await table('', {})).stdout, status: 0 });
  });

  test.for(['json', 'ndjson', 'csv'])(
    'C030 C031 C117 %s has none, and the same bytes as in a pipe',
    async (format) => {
      const server = await startUpstream(USUAL);
      const env = { FORCE_COLOR: '3', COLORTERM: 'truecolor' };
      const piped = await runMain(['--format', format, '--source', server.url]);
      const args = ['--quiet', '--format', format, '--source', server.url];
      const { stdout } = await runMain(args, { env, columns: 80 });
      await server.close();
      expect(stdout).toBe(piped.stdout);
    },
  );

  test.for(['--no-color --help', '--help --no-color', 'usage --help --color never', '--help'])(
    'C152 %s has none',
    async (words) => {
      const { stdout, status } = await runMain(words.split(' '), { env: { FORCE_COLOR: '1' }, columns: 80 });
      expect(status).toBe(0);
      expect(stdout).toContain('--');
      expect(stdout).not.toContain(ESC);
    },
  );

  test('C023 a table in a pipe has none', async () => {
    const { stdout } = await tableOf(['a']);
    expect(stdout).not.toContain(ESC);
  });
});

describe.concurrent('a narrow terminal', () => {
  const long = oneReport(`begin ${'x'.repeat(200)} end`, '12345.25');

  test.for([60, 70, 80, 120, 200])(
    'C024 of %d columns gets no wider line, and no number cut',
    async (columns) => {
      const { stdout } = await showStdout(long, '--quiet --color never', { columns });
      const lines = stdout.split('\n').slice(0, -1);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(stdout).toContain('12,345.25');
      expect(stdout).toContain('2024-04-29T02:08:29.375Z');
      expect(stdout).toContain(' 1 ');
    },
  );

  test('C004 C118 off a terminal nothing is shortened, whatever COLUMNS says', async () => {
    const server = await startUpstream(long);
    const run = await runMain(['--source', server.url], { env: { COLUMNS: '40' } });
    await server.close();
    expect(run.stdout).toContain(`begin ${'x'.repeat(200)} end`);
  });

  test('C136 a name is cut between graphemes', async () => {
    const { stdout } = await showStdout(
      oneReport(`${'a'.repeat(20)}👩‍👩‍👧‍👦${'b'.repeat(80)}`),
      '--quiet --color never',
      { columns: 70 },
    );
    expect(stdout).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|\ufffd|\u200d…/);
  });
});

describe.concurrent('text from upstream', () => {
  const ATTACKS = {
    'C022 a hyperlink': `${ESC}]8;;http://evil\u0007${'text'.repeat(40)}${ESC}]8;;\u0007`,
    'C075 a clear screen': `${ESC}[2J${ESC}c`,
    'C075 the clipboard': `${ESC}]52;c;ZXZpbA==\u0007`,
    'C075 a carriage return and a false line': 'a\r 1000 2024 false 0.00\nsecond line',
    'C075 backspaces': '\b'.repeat(20),
    'C077 8-bit controls': '\u0090q\u009b2J\u009d0;title\u009c',
    'C078 a right-to-left override': 'report\u202efdp.exe',
    'C078 isolates and marks': '\u2066\u2067\u2068\u2069\u061c\u200e\u200f',
    'C078 characters without width': 'a\u200bb\ufeffc\u2060d',
    'C136 half a surrogate pair': 'a\ud83d',
  };
  /** Controls and marks that reorder or hide text; a line's end is none. */
  const STEERS = /(?!\n)\p{Cc}|[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\ufffd]/u;
  const STEERS_IN_JSON = /(?!\n)\p{Cc}|[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufffd]/u;

  test.for(Object.entries(ATTACKS))('%s does not steer the table', async ([, name]) => {
    const { stdout, status } = await tableOf([name]);
    expect(status).toBe(0);
    expect(stdout).not.toMatch(STEERS);
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(stringWidth(lines[1] ?? ''));
  });

  test.for(Object.entries(ATTACKS))(
    '%s stands in JSON exactly, as escapes (half a pair as U+FFFD)',
    async ([, name]) => {
      const server = await startUpstream(oneReport(name));
      const run = await runMain(['--json', '--source', server.url]);
      await server.close();
      expect(JSON.parse(run.stdout).usage[0].report_name).toBe(name.toWellFormed());
      expect(run.stdout).not.toMatch(STEERS_IN_JSON);
    },
  );

  test.for(Object.entries(ATTACKS))(
    'C077 C079 %s does not steer an error, as prose or JSON',
    async ([, id]) => {
      for (const format of ['json', 'table']) {
        const input = JSON.stringify({
          messages: [{ id: 1, timestamp: '2024-01-01T00:00:00Z', text: '', report_id: id }],
        });
        const run = await runMain(['--format', format, '--source', '-'], { input, cwd: '/proc' });
        expect(run).toMatchObject({ status: 65, stdout: '' });
        expect(run.stderr).toMatch(/^[^\n]+\n$/);
        expect(run.stderr).not.toMatch(format === 'json' ? STEERS_IN_JSON : STEERS);
      }
    },
  );

  test('C079 an error body and a reason phrase never reach stderr', async () => {
    const body = `${ESC}[2J${'x'.repeat(1_000_000)}`;
    const raw = `HTTP/1.1 400 ${ESC}[31mBad\u009b\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const server = await startUpstream({ ...USUAL, script: { [REPORT_PATH]: { raw } } });
    const run = await runMain(['--source', server.url, '--verbose']);
    await server.close();
    expect(run).toMatchObject({ status: 69, stdout: '' });
    expect(run.stderr.length).toBeLessThan(300);
    expect(run.stderr).not.toMatch(/\p{Cc}.|xxx|Bad/u);
  });

  test('C025 C078 wide characters keep every line of a table equally wide', async () => {
    const names = [
      '東京月次報告',
      '한국어',
      '한국',
      'e\u0301',
      '👩‍👩‍👧‍👦',
      '🇩🇪🇫🇷',
      '1️⃣ keycap',
      '❤️ and ❤',
      '☎',
      'ｆｕｌｌ',
      'ｶﾅ',
      'דוח חודשי',
      'تقرير',
      'हिन्दी',
      'ไทย',
      '👍🏽',
      '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
      '𠮷野家',
      '①②',
      '…—',
      'ab\u0300\u0301\u0302c',
      '⚠️',
      '🫠',
      'ﷺ',
    ];
    const { stdout } = await tableOf(names);
    const lines = stdout.split('\n').slice(0, -1);
    const credits = lines.slice(2, -2).map((line) => ({ line, width: stringWidth(line) }));
    expect(credits).toHaveLength(names.length);
    const width = stringWidth(lines[1] ?? '');
    expect(credits.filter((each) => each.width !== width)).toEqual([]);
    for (const name of names) expect(stdout).toContain(name);
  });
});

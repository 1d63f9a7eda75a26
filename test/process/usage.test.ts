import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream.js';
import { BILL, MESSAGES, manyMessages, REPORTS, USUAL } from './period.js';
import { inFolder } from './run.js';
import { runMain } from './run-main.js';

let upstream: Upstream | undefined;
afterEach(async () => {
  await upstream?.close();
  upstream = undefined;
});
async function serve(options: UpstreamOptions): Promise<string> {
  upstream = await startUpstream(options);
  return upstream.url;
}
describe('the contract', () => {
  test('usage --json prints exactly the contract', async () => {
    const source = await serve(USUAL);
    const run = await runMain(['usage', '--json', '--source', source]);
    expect(run).toMatchObject({ stdout: BILL, stderr: '', status: 0 });
  });

  test('usage is the default command, and the source may come from the environment', async () => {
    const source = await serve(USUAL);
    const run = await runMain(['--json'], { env: { O_COPILOT_SOURCE: source } });
    expect(run).toMatchObject({ stdout: BILL, status: 0 });
  });

  test('an empty period is an empty result in each format', async () => {
    const source = await serve({ messages: { messages: [] } });
    const outputs = await Promise.all(
      ['json', 'ndjson', 'csv'].map((format) => runMain(['--format', format, '--source', source])),
    );
    expect(outputs.map(({ stdout, status }) => [stdout, status])).toEqual([
      ['{"usage":[]}\n', 0],
      ['', 0],
      ['message_id,timestamp,report_name,credits_used\r\n', 0],
    ]);
    const table = await runMain(['--source', source]);
    expect(table.stdout).toMatch(/Message +Timestamp +Report +Credits/);
    expect(table.stdout).toContain('0 messages');
  });

  test('an empty period has a page too, in any zone, with a budget and without', async () => {
    const source = await serve({ messages: { messages: [] } });
    for (const words of [[], ['--budget', '5'], ['--timezone', 'Pacific/Apia'], ['--since', '2024-04-01']]) {
      const run = await runMain(['--html', '--source', source, ...words]);
      expect(run).toMatchObject({ stderr: '', status: 0 });
      expect(run.stdout).toContain('"state":"open","total":"0","count":0');
    }
  });

  test('numbers are exact, without exponent or trailing zero', async () => {
    const costs = ['0', '0.0000001', '100000000000000000.1', '5.20', '1e21', '1E-7', '9007199254740993'];
    const reports = Object.fromEntries(
      costs.map((cost, index) => [index, `{"id":${index},"name":"n","credit_cost":${cost}}`]),
    );
    const source = await serve({
      messages: { messages: manyMessages(7, (index) => ({ report_id: index })) },
      reports,
    });
    const run = await runMain(['--json', '--source', source]);
    expect([...run.stdout.matchAll(/"credits_used":([^}]*)/g)].map(([, credits]) => credits)).toEqual([
      '0',
      '0.0000001',
      '100000000000000000.1',
      '5.2',
      '1000000000000000000000',
      '0.0000001',
      '9007199254740993',
    ]);
    const table = await runMain(['--source', source]);
    expect(table.stdout).toContain('1,000,109,007,199,254,740,998.3000002');
  });

  test('every format shows the same rows and digits', async () => {
    const source = await serve(USUAL);
    const [ndjson, csv, table] = await Promise.all(
      ['--ndjson', '--csv', '--table'].map((format) => runMain([format, '--source', source])),
    );
    expect(ndjson?.stdout).toBe(BILL.split('\n').slice(1, -2).join('\n').replaceAll(/,$/gm, '').concat('\n'));
    expect(csv?.stdout.split('\r\n')).toEqual([
      'message_id,timestamp,report_name,credits_used',
      '1000,2024-04-29T02:08:29.375Z,Tenant Obligations Report,79',
      '1001,2024-04-29T05:25:03+02:00,,5.2',
      '1002,2024-04-30T23:59:59.999999Z,,8.8',
      '1003,2024-05-01T00:00:00Z,,2',
      '',
    ]);
    expect(table?.stdout).toMatch(/1000 +2024-04-29T02:08:29.375Z +Tenant Obligations Report +79\.0/);
    expect(table?.stdout).toMatch(/4 messages.* 95(\.0)?\b/);
    expect(table?.stdout).not.toContain('\u001b');
  });
});

describe('sources', () => {
  test('each distinct report is asked for once, and items keep their order', async () => {
    const reports = Object.fromEntries(
      Array.from({ length: 40 }, (_, id) => [id, { id, name: `R${id}`, credit_cost: id }]),
    );
    const script = Object.fromEntries(
      Array.from({ length: 40 }, (_, id) => [`/reports/${id}`, { delayMs: 40 - id }]),
    );
    const source = await serve({
      messages: { messages: manyMessages(400, (index) => ({ report_id: index % 40 })) },
      reports,
      script,
    });
    const run = await runMain(['--csv', '--source', source]);
    expect(
      run.stdout
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[2]),
    ).toEqual(Array.from({ length: 400 }, (_, index) => `R${index % 40}`));
    expect(upstream?.requests).toHaveLength(41);
    expect(upstream?.maxInFlight).toBeLessThanOrEqual(9);
  });

  test('a report id is percent-encoded', async () => {
    const id = 'a/../b?c#d é';
    const source = await serve({
      messages: { messages: manyMessages(1, () => ({ report_id: id })) },
      script: { [`/reports/${encodeURIComponent(id)}`]: { body: { id, name: 'Odd', credit_cost: 1 } } },
    });
    const run = await runMain(['--csv', '--source', source]);
    expect(run.stdout).toContain(',Odd,1');
  });

  test('only 404 falls back to the text', async () => {
    const messages = { messages: manyMessages(1, () => ({ report_id: 5 })) };
    for (const status of [400, 410, 204, 301]) {
      const source = await serve({ messages, script: { '/reports/5': { status, body: '' } } });
      expect(await runMain(['--json', '--source', source])).toMatchObject({ stdout: '', status: 69 });
      await upstream?.close();
    }
    const source = await serve({
      messages,
      script: { '/reports/5': { status: 404, body: '\uFEFF<?xml version="1.0"?><Error/>' } },
    });
    expect(await runMain(['--json', '--source', source])).toMatchObject({ status: 0, stderr: '' });
  });

  test('a file with reports beside it, and stdin, give the same bytes as HTTP', async () => {
    await inFolder(async (folder) => {
      const document = JSON.stringify({ messages: MESSAGES });
      writeFileSync(join(folder, 'messages.json'), document);
      mkdirSync(join(folder, 'reports'));
      writeFileSync(join(folder, 'reports', '5392.json'), JSON.stringify(REPORTS[5392]));
      const file = await runMain(['--json', '--source', join(folder, 'messages.json')]);
      expect(file).toMatchObject({ stdout: BILL, status: 0 });
      const piped = await runMain(['--json', '--source', '-'], { cwd: folder, input: document });
      expect(piped).toMatchObject({ stdout: BILL, status: 0 });
    });
  });

  test('a file without any reports beside it is no reason to guess prices', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'm.json'), JSON.stringify({ messages: MESSAGES }));
      const run = await runMain(['--json', '--source', join(folder, 'm.json')]);
      expect(run).toMatchObject({ stdout: '', status: 65 });
      expect(run.stderr).toMatch(/report (5392|9999): a message names it/);
    });
  });

  test('sample needs no network, and a source that is not there exits 66', async () => {
    expect(await runMain(['--source', 'sample'])).toMatchObject({ status: 0, stderr: '' });
    const run = await runMain(['--source', '/no/such/file.json']);
    expect(run).toMatchObject({ stdout: '', status: 66 });
    expect(run.stderr).toBe('o-copilot: cannot read /no/such/file.json: no such file or directory\n');
  });
});

describe('rows', () => {
  const idsOf = (csv: string) =>
    csv
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0])
      .join(' ');
  test.each([
    ['--since 2024-04-30', '1002 1003'],
    ['--until 2024-04-30', '1000 1001 1002'],
    ['--since 2024-04-29 --until 2024-04-29', '1000 1001'],
    ['--since 2024-04-29T03:25:03Z --until 2024-05-01T00:00:00Z', '1001 1002'],
    ['--until 2024-04-30 --timezone America/New_York', '1000 1001 1002 1003'],
    ['--since 2024-05-01 --timezone Pacific/Auckland', '1002 1003'],
    ['--report 5392', '1000'],
    ['--report 9999', '1002'],
    ['--kind text', '1001 1003'],
    ['--kind report', '1000'],
    ['--kind missing-report', '1002'],
    ['--sort credits_used', '1003 1001 1002 1000'],
    ['--sort credits_used --desc', '1000 1002 1001 1003'],
    ['--sort credits_used --desc --limit 2 --offset 1', '1002 1001'],
    ['--sort report_name', '1000 1001 1002 1003'],
    ['--sort text', '1002 1001 1000 1003'],
    ['--limit 0', ''],
    ['--limit 2', '1000 1001'],
    ['--offset 3', '1003'],
    ['--offset 9', ''],
  ])('%s', async (flags, expected) => {
    const source = await serve(USUAL);
    const run = await runMain(['--csv', '--source', source, ...flags.split(' ')]);
    expect(run.stderr).toBe('');
    expect(idsOf(run.stdout)).toBe(expected);
  });

  test('--report takes a name, --fields chooses and orders, the footer says that rows were left out', async () => {
    const source = await serve(USUAL);
    const named = await runMain(['--csv', '--source', source, '--report', 'Tenant Obligations Report']);
    expect(idsOf(named.stdout)).toBe('1000');
    const fields = ['--fields', 'kind,message_id,date,characters,report_id,text', '--timezone', 'Asia/Tokyo'];
    const json = await runMain(['--ndjson', '--source', source, '--limit', '2', ...fields]);
    expect(json.stdout).toBe(
      '{"kind":"report","message_id":1000,"date":"2024-04-29","characters":36,"report_id":5392,"text":"Generate a Tenant Obligations Report"}\n' +
        '{"kind":"text","message_id":1001,"date":"2024-04-29","characters":58,"text":"Are there any restrictions on alterations or improvements?"}\n',
    );
    const table = await runMain(['--source', source, '--kind', 'text']);
    expect(table.stdout).toContain('2 of 4 messages');
    expect(table.stdout).toMatch(/2 of 4 messages +Total +7\.2\n/);
  });
});

describe('a wrong command line exits 64, says which flag, and asks nobody', () => {
  test.each([
    ['--limit --json', '--limit needs a value, but --json follows it'],
    ['--limit -5', '--limit: expected a whole number of at least 0, got "-5"'],
    ['--limit=-5', '--limit: expected a whole number of at least 0, got "-5"'],
    ['--limit abc', '--limit: expected'],
    ['--limit=', '--limit: expected'],
    ['--limit 0x10', '--limit: expected'],
    ['--limit 1e3', '--limit: expected'],
    ['--limit 9007199254740993', '--limit: expected'],
    ['--offset 1.5', '--offset: expected'],
    ['--format xml', '--format: expected one of json, ndjson, csv, tsv, table'],
    ['--timezone Mars/Olympus', '--timezone: expected an IANA time zone'],
    ['--json --csv', 'one format at a time: json and csv'],
    ['--format csv --table', 'one format at a time'],
    ['--since yesterday', '--since: expected a date'],
    ['--since 2024-02-30', '--since: expected a date'],
    ['--since 2024-05-02 --until 2024-05-01', '--since: 2024-05-02 is after --until 2024-05-01'],
    ['--kind free', '--kind: expected one of report, text, missing-report'],
    ['--sort price', '--sort: expected one of'],
    ['--desc', '--desc: needs --sort'],
    ['--fields message_id,price', '--fields: expected one of message_id, timestamp'],
    ['--fields=', '--fields: expected'],
    ['--fields text,text', '--fields: expected each name once'],
    ['--rules free', '--rules: expected one of published, service, tokens'],
    ['--retries -1', '--retries: expected'],
    ['--read-timeout 10', '--read-timeout: expected a duration'],
    ['--concurrency 0', '--concurrency: expected a whole number from 1 to 256'],
    ['--duplicates maybe', '--duplicates: expected one of error, once, keep'],
    ['--max-body lots', '--max-body: expected a size'],
    ['--delimiter ab --csv', '--delimiter: expected one character'],
    ['--delimiter ; --json', '--delimiter: is for CSV'],
    ['--color blue', '--color: expected one of auto, always, never'],
    ['--output', "option '--output <file>' argument missing"],
    ['--source ftp://x', '--source: expected an http(s) URL'],
    ['--source http://', '--source: expected an http(s) URL'],
    ['--frmat json', "unknown option '--frmat' (Did you mean --format?)"],
    ['march report', "unknown command 'march'"],
    ['usage march report', "unexpected argument 'march'"],
    ['usgae', 'Did you mean usage?'],
  ])('%s', async (flags, message) => {
    const source = await serve(USUAL);
    const words = flags.includes('--source') ? flags.split(' ') : ['--source', source, ...flags.split(' ')];
    const run = await runMain(words[0] === '--source' && !flags.startsWith('-') ? flags.split(' ') : words);
    expect(run.stderr).toContain(message);
    expect(run.stderr.split('\n')).toHaveLength(2);
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(upstream?.requests).toEqual([]);
  });

  test('the error is one JSON line where JSON was asked for', async () => {
    const run = await runMain(['--json', '--limit', 'abc']);
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(JSON.parse(run.stderr)).toEqual({
      error: { code: 'command_line', message: expect.stringContaining('--limit'), exit_code: 64 },
    });
  });
});

describe('--output', () => {
  test('writes the format of its ending, whole, and nothing on stdout', async () => {
    const source = await serve(USUAL);
    await inFolder(async (folder) => {
      for (const ending of ['json', 'ndjson', 'jsonl', 'csv', 'txt', 'CSV']) {
        const path = join(folder, `usage.${ending}`);
        expect(await runMain(['--source', source, '--output', path])).toMatchObject({
          stdout: '',
          stderr: '',
          status: 0,
        });
      }
      expect(readFileSync(join(folder, 'usage.json'), 'utf8')).toBe(BILL);
      expect(readFileSync(join(folder, 'usage.csv'), 'utf8')).toBe(
        readFileSync(join(folder, 'usage.CSV'), 'utf8'),
      );
      expect(readFileSync(join(folder, 'usage.ndjson'), 'utf8')).toBe(
        readFileSync(join(folder, 'usage.jsonl'), 'utf8'),
      );
      expect(readFileSync(join(folder, 'usage.txt'), 'utf8')).toContain('4 messages');
      const asked = await runMain(['--source', source, '--json', '--output', join(folder, 'usage.csv')]);
      expect(asked.status).toBe(0);
      expect(readFileSync(join(folder, 'usage.csv'), 'utf8')).toBe(BILL);
      expect(await runMain(['--source', source, '--json', '--output', '-'])).toMatchObject({
        stdout: BILL,
        status: 0,
      });
    });
  });

  test('a failure leaves the old file and no other', async () => {
    const source = await serve({ ...USUAL, script: { '/reports/5392': { status: 400 } } });
    await inFolder(async (folder) => {
      const path = join(folder, 'usage.csv');
      writeFileSync(path, 'old');
      expect(await runMain(['--source', source, '--output', path])).toMatchObject({ stdout: '', status: 69 });
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(existsSync(join(folder, 'usage.csv'))).toBe(true);
    });
  });
});

test('--version and --help', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await runMain(['--version'])).toMatchObject({ stdout: `${version}\n`, stderr: '', status: 0 });
  const help = await runMain(['usage', '--help']);
  expect(help).toMatchObject({ stderr: '', status: 0 });
  for (const flag of ['--json', '--since', '--output', '--source', '--duplicates'])
    expect(help.stdout).toContain(flag);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import conformance from '../conformance.json' with { type: 'json' };
import { startUpstream, type Upstream } from '../upstream.js';
import { runMain } from './run-main.js';

const TIME = '2024-04-29T02:08:29.375Z';
const MESSAGES = [
  { id: 1000, timestamp: TIME, text: 'Ignored', report_id: 5392 },
  { id: 1001, timestamp: TIME, text: 'Are there any restrictions on alterations or improvements?' },
  { id: 1002, timestamp: TIME, text: 'racecar', report_id: 'gone' },
  { id: 1003, timestamp: TIME, text: 'the cat the\u001b[31m', report_id: 5393 },
];
/** JSON that a double cannot carry. */
const BIG_ID = '9007199254740993';
const DOCUMENT = `{"messages":[${MESSAGES.map((message) => JSON.stringify(message)).join()},{"id":${BIG_ID},"timestamp":"${TIME}","text":""}]}`;

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream({
    messages: DOCUMENT,
    reports: { 5392: '{"id":5392,"name":"Tenant\\u001b[2J Report","credit_cost":79.000001}' },
    script: { '/reports/5393': { status: 400 } },
  });
});
afterAll(() => upstream.close());

const explain = (...args: string[]) => runMain(['explain', '--source', upstream.url, ...args]);

describe('explain --json', () => {
  test('a message priced by its text: the steps add up to what usage bills', async () => {
    const run = await explain('1001', '--json');
    expect(run).toMatchObject({ stderr: '', status: 0 });
    expect(
      run.stdout,
    ).toBe(`{"explanation":{"message_id":1001,"timestamp":"${TIME}","kind":"text","rules":"published","text":"Are there any restrictions on alterations or improvements?","characters":58,"words":[{"word":"Are","class":"short"},{"word":"there","class":"medium"},{"word":"any","class":"short"},{"word":"restrictions","class":"long"},{"word":"on","class":"short"},{"word":"alterations","class":"long"},{"word":"or","class":"short"},{"word":"improvements","class":"long"}],"third_vowels":[{"position":3,"character":"e"},{"position":9,"character":"e"},{"position":24,"character":"o"},{"position":36,"character":"a"},{"position":39,"character":"o"},{"position":54,"character":"e"}],"steps":[
{"step":"base","count":1,"rate":1,"amount":1},
{"step":"characters","count":58,"rate":0.05,"amount":2.9},
{"step":"short-words","count":4,"rate":0.1,"amount":0.4},
{"step":"medium-words","count":1,"rate":0.2,"amount":0.2},
{"step":"long-words","count":3,"rate":0.3,"amount":0.9},
{"step":"third-vowels","count":6,"rate":0.3,"amount":1.8},
{"step":"length","count":0,"rate":5,"amount":0},
{"step":"unique-words","count":1,"rate":-2,"minimum":1,"amount":-2},
{"step":"palindrome","count":0,"factor":2,"amount":0}
],"credits_used":5.2}}
`);
  });

  test('a message priced by a report, and one whose report does not exist', async () => {
    const [report, missing] = await Promise.all([explain('1000', '--json'), explain('1002', '--json')]);
    expect(JSON.parse(report.stdout).explanation).toEqual({
      message_id: 1000,
      timestamp: TIME,
      kind: 'report',
      report_id: 5392,
      report_name: 'Tenant\u001b[2J Report',
      steps: [{ step: 'report', count: 1, rate: 79.000001, amount: 79.000001 }],
      credits_used: 79.000001,
    });
    const { steps, ...price } = JSON.parse(missing.stdout).explanation;
    expect(price).toMatchObject({
      kind: 'missing-report',
      report_id: 'gone',
      text: 'racecar',
      credits_used: 2,
    });
    expect(steps.at(-1)).toEqual({ step: 'palindrome', count: 1, factor: 2, amount: 1 });
  });

  test('only the report of the message is asked for, so a broken one elsewhere is no hindrance', async () => {
    const before = upstream.hits('/reports/5392');
    expect(await explain('1001', '--json')).toMatchObject({ status: 0 });
    expect(upstream.hits('/reports/5392')).toBe(before);
    expect(await explain('1003', '--json')).toMatchObject({ stdout: '', status: 69 });
  });

  test('an id that no double carries is found exactly', async () => {
    const run = await explain(BIG_ID, '--json');
    expect(run.stdout).toContain(`"message_id":${BIG_ID},`);
    expect(await explain('9007199254740992', '--json')).toMatchObject({ status: 65 });
  });

  test('--text needs no source, and each ruleset explains by its own rules', async () => {
    const text = 'Hello olleH';
    const [published, service, tokens] = await Promise.all(
      ['published', 'service', 'tokens'].map(async (rules) => {
        const run = await runMain(['explain', '--text', text, '--rules', rules, '--json', '--source', '/no']);
        expect(run).toMatchObject({ stderr: '', status: 0 });
        return JSON.parse(run.stdout).explanation;
      }),
    );
    expect(published.credits_used).toBe(2);
    expect(service.credits_used).toBe(1.9);
    expect(tokens.credits_used).toBe(1.1);
    expect(tokens.steps.map(({ step }: { step: string }) => step)).toEqual(['characters', 'minimum']);
  });

  test('a text of the conformance cases is explained at its price', async () => {
    const cases = conformance.filter(({ text }) => text.includes('é') || text.includes('👩')).slice(0, 4);
    expect(cases.length).toBeGreaterThan(0);
    for (const { text, credits } of cases) {
      const run = await runMain(['explain', '--json', `--text=${text}`]);
      expect(JSON.parse(run.stdout).explanation.credits_used).toBe(Number(credits));
    }
  });
});

describe('the table', () => {
  test('marks third vowels, counts repeated words, and steers no terminal', async () => {
    const run = await runMain(['explain', '--text', 'the cat the\u001b[31m', '--color', 'never']);
    expect(run.stdout).not.toContain('\u001b');
    const lines = run.stdout.split('\n').map((line) => line.trimEnd());
    expect(lines.slice(0, 6)).toEqual([
      ' Price  by the text; rules published',
      '',
      ' the cat the\\u{1b}[31m',
      '   ^  ^',
      ' ^ a vowel at every third character',
      '',
    ]);
    expect(lines).toContain(' the×2 cat m');
    expect(lines.find((line) => line.startsWith(' Total'))).toMatch(/Total +2\.8$/);
  });

  test('a report that is missing is said to be', async () => {
    expect((await explain('1002')).stdout).toContain(
      'by the text, since report gone does not exist; rules published',
    );
    const report = await explain('1000');
    expect(report.stdout).toContain('report 5392, Tenant\\u{1b}[2J Report');
    expect(report.stdout).toMatch(/Report +1 +79\.000001 +79\.000001/);
  });

  test('a long text is wrapped and cut, and says so', async () => {
    const run = await runMain(['explain', '--text', 'abcdef '.repeat(1000)]);
    const lines = run.stdout.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines).toContain(' … and 3000 more characters');
    expect(lines).toContain(' abcdef×1000');
  });
});

describe('failures', () => {
  test.for([
    [['explain', '1012', '--source', '-'], '; nearest to it: 9 and 2000'],
    [['explain', '2001', '--source', '-'], '; nearest to it: 2000'],
    [['explain', '-5', '--source', '-'], '; nearest to it: 3'],
    [['explain', '99999999999999999999', '--source', '-'], '; nearest to it: 2000'],
  ] as const)('%j names the ids next to one that is not there', async ([args, hint]) => {
    const messages = [2000, 3, 9].map((id) => ({ id, timestamp: '2024-04-01T00:00:00Z', text: 'a' }));
    const command = args[1].startsWith('-') ? ['explain', '--source', '-', '--', args[1]] : args;
    const run = await runMain(command, { input: JSON.stringify({ messages }) });
    expect(run.stderr).toBe(`o-copilot: message ${args[1]}: is not in the period${hint}\n`);
    const empty = await runMain(command, { input: '{"messages":[]}' });
    expect(empty.stderr).toBe(`o-copilot: message ${args[1]}: is not in the period, which has no messages\n`);
  });

  test('an id that is not in the period exits 65, after the whole document was read', async () => {
    const run = await explain('7');
    expect(run).toMatchObject({
      stdout: '',
      stderr: 'o-copilot: message 7: is not in the period; nearest to it: 1000\n',
      status: 65,
    });
    const cut = DOCUMENT.slice(0, -1);
    expect(await runMain(['explain', '1001', '--source', '-'], { input: cut })).toMatchObject({
      stdout: '',
      status: 65,
    });
  });

  test('copies are not explained as if they were one', async () => {
    const twice = JSON.stringify({ messages: [MESSAGES[1], MESSAGES[1]] });
    const with_ = (rule: string) =>
      runMain(['explain', '1001', '--source', '-', '--duplicates', rule], { input: twice });
    expect((await with_('keep')).stderr).toContain('message 1001: occurs 2 times in the period');
    expect(await with_('once')).toMatchObject({ status: 0 });
  });

  test.each([
    [['explain'], 'explain needs a message id, or --text'],
    [['explain', 'abc'], 'expected the id of a message, an integer, got "abc"'],
    [['explain', '1', '2'], "unexpected argument '2'"],
    [['explain', '1', '--text', 'x'], '--text: is for a text instead of a message'],
    [['explain', '--text', '--json'], '--text needs a value, but --json follows it'],
    [['explain', '1', '--csv'], "unknown option '--csv'"],
    [['explain', '1', '--output', 'x.csv'], 'means csv, but the formats are json, table'],
  ])('%j exits 64', async (args, message) => {
    const run = await runMain(args);
    expect(run).toMatchObject({ stdout: '', status: 64 });
    expect(run.stderr).toContain(message);
  });
});

describe('fault D10 (a step that is no rate does not read as one)', () => {
  test('a palindrome reads as a factor, where it applied and where not, in the table and in JSON', async () => {
    const [yes, no, json] = await Promise.all([
      explain('--text', 'A man, a plan, a canal: Panama'),
      explain('--text', 'Are there any restrictions'),
      explain('--text', 'A man, a plan, a canal: Panama', '--json'),
    ]);
    expect(yes.stdout).toMatch(/Palindrome, the total doubles +1 +× 2 +4\.4\n/);
    expect(no.stdout).toMatch(/Palindrome, the total doubles +0 +× 2 +0\.00?\n/);
    expect(json.stdout).toContain('{"step":"palindrome","count":1,"factor":2,"amount":4.4}');
  });

  test('the minimum of the tokens and of unique words is a minimum', async () => {
    const [tokens, tokensJson, unique] = await Promise.all([
      explain('--text', 'abc', '--rules', 'tokens'),
      explain('--text', 'abc', '--rules', 'tokens', '--json'),
      explain('--text', 'racecar', '--rules', 'published', '--json'),
    ]);
    expect(tokens.stdout).toMatch(/Minimum of 1 +1 +≥ 1 +0\.7\n/);
    expect(tokensJson.stdout).toContain('{"step":"minimum","count":1,"minimum":1,"amount":0.7}');
    expect(unique.stdout).toContain('{"step":"unique-words","count":1,"rate":-2,"minimum":1,"amount":-0.85}');
  });

  test('the service ruleset doubles before it takes the bonus off', async () => {
    const { stdout } = await explain('--text', 'Hello olleH', '--rules', 'service');
    expect(stdout).toMatch(
      /Palindrome, the total doubles +1 +× 2 +1\.95\n No word twice[^\n]+-2\.00 +-2\.00\n/,
    );
  });
});

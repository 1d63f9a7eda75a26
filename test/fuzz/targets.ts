import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { readEnvFile } from '../../src/config/environment.js';
import { resolveSettings } from '../../src/config/settings.js';
import { readExport } from '../../src/document/export.js';
import { readMessages } from '../../src/document/messages.js';
import type { Message } from '../../src/document/records.js';
import { formatAmount } from '../../src/engine/index.js';
import { DataError, SettingError } from '../../src/errors.js';
import { parseCreditPrice } from '../../src/rates/money.js';
import { PUBLISHED_CARD, writeRateCard } from '../../src/rates/rate-card.js';
import { readRateCard } from '../../src/rates/read-rate-card.js';
import { inPieces, type Random } from './mutate.js';

/** Something that reads what others wrote. */
export interface Target {
  readonly seeds: readonly string[];
  readonly tokens: readonly string[];
  /** Throws where the reader does what it must not; a refusal by the error it promises is no fault. */
  check(bytes: Buffer, random: Random): Promise<void>;
}

const JSON_TOKENS = [
  '"',
  '\\',
  '\\"',
  '\\u0000',
  '\\ud800',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'true',
  '-0',
  '1e999',
  '1E-7',
  '0.1',
  '9007199254740993',
  '"id":',
  '"text":',
  '"messages":[',
  '\uFEFF',
  '\u0000',
  '\u2028',
  'é',
  '\r\n',
  '\t',
  '[[[[[[[[',
];
const TIME = '2024-04-29T02:08:29.375Z';

/** What `read` gives, or the message of the error that it promises. */
async function outcomeOf(read: () => Promise<string>, refusal: typeof DataError | typeof SettingError) {
  try {
    return { accepted: await read() };
  } catch (error) {
    if (error instanceof refusal) return { refused: error.message };
    throw error;
  }
}

async function collect<Item>(batches: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

function mustBeSame(a: unknown, b: unknown, what: string): void {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  if (left !== right) throw new Error(`${what}: ${left} and ${right}`);
}

const shown = (messages: readonly Message[]) =>
  JSON.stringify(messages.map((each) => [`${each.id}`, each.timestamp, `${each.reportId}`, each.text]));

/** A document means the same however it is cut, and what JSON.parse makes of it. */
const parser: Target = {
  seeds: [
    `{"messages":[{"id":1000,"timestamp":"${TIME}","text":"abc","report_id":5392},{"id":1001,"text":"é \\u00e9 \\ud83d\\ude00","timestamp":"${TIME}","report_id":null}]}`,
    `{"next":null,"messages":[{"report_id":"x","id":-7,"timestamp":"2024-04-29T05:25:03+02:00","text":"a\\"b","more":{"a":[1,2]}}],"count":1}`,
    `\uFEFF { "messages" : [ ] }\n`,
    `{"messages":[{"id":9007199254740993,"timestamp":"${TIME}","text":""}]}`,
  ],
  tokens: JSON_TOKENS,
  async check(bytes, random) {
    const read = (pieces: AsyncIterable<Uint8Array>) =>
      outcomeOf(async () => shown(await collect(readMessages(pieces))), DataError);
    const whole = await read(inPieces(bytes, () => bytes.length));
    const cut = await read(inPieces(bytes, random));
    mustBeSame(whole.accepted, cut.accepted, 'cut otherwise it reads otherwise');
    if (whole.accepted === undefined) return;
    const document: { messages: { id: number; timestamp: string; text: string; report_id?: unknown }[] } =
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const byParse = document.messages.map((each) => [each.timestamp, each.text, Number(each.id)]);
    const read2 = JSON.parse(whole.accepted).map(([id, timestamp, , text]: string[]) => [
      timestamp,
      text,
      Number(id),
    ]);
    mustBeSame(byParse, read2, 'JSON.parse reads otherwise');
  },
};

/** An export means the same however it is cut. */
const csv: Target = {
  seeds: [
    `message_id,timestamp,report_name,credits_used\r\n1000,${TIME},"Tenant, ""old""",79\r\n1001,${TIME},,5.2\r\n`,
    `\uFEFFmessage_id;timestamp;report_name;credits_used\r\n1;${TIME};'=SUM(A1);0.1\r\n`,
    `message_id\treport_name\tcredits_used\treport_id\tkind\n-7\t"two\nlines"\t1\t5\treport\n`,
    `{"message_id":1,"timestamp":"${TIME}","credits_used":5.2}\n{"message_id":2,"credits_used":1}\n`,
    `{"usage":[\n{"message_id":1,"timestamp":"${TIME}","report_name":"R","credits_used":79}\n]}\n`,
  ],
  tokens: [...JSON_TOKENS, ';', '""', "'", '\r', '\n', ',,', 'message_id', 'credits_used'],
  async check(bytes, random) {
    const read = (pieces: AsyncIterable<Uint8Array>) =>
      outcomeOf(async () => {
        const rows = await collect(readExport('export', pieces));
        return JSON.stringify(
          rows.map((row) => ({ ...row, id: `${row.id}`, credits: formatAmount(row.credits) })),
        );
      }, DataError);
    const whole = await read(inPieces(bytes, () => bytes.length));
    const cut = await read(inPieces(bytes, random));
    mustBeSame(whole.accepted, cut.accepted, 'cut otherwise it reads otherwise');
  },
};

const folder = mkdtempSync(join(tmpdir(), 'o-copilot-fuzz-'));

/** A settings file is read or refused by name. */
const env: Target = {
  seeds: [
    'O_COPILOT_SOURCE=sample\nO_COPILOT_RETRIES=3 # three\n',
    'export O_COPILOT_TIMEZONE="Europe/London"\r\nLOG_LEVEL=info\r\n',
    'O_COPILOT_DEADLINE=\'10s\'\nO_COPILOT_TOKEN=`a b`\nOTHER="a\\nb"\n',
    'O_COPILOT_SOURCE=https://user:pass@example.com/a?sig=secret\n',
  ],
  tokens: [
    '=',
    '"',
    "'",
    '`',
    '#',
    '\n',
    '\r\n',
    '\\n',
    'export ',
    'O_COPILOT_',
    '__proto__=1\n',
    'constructor=1\n',
    '\u0000',
    '999999999999s',
    '-1',
    '\uFEFF',
  ],
  async check(bytes) {
    const path = join(folder, '.env');
    writeFileSync(path, bytes);
    await outcomeOf(
      async () =>
        JSON.stringify(resolveSettings({ flags: {}, environment: {}, envFile: await readEnvFile(path) })),
      SettingError,
    );
  },
};

const validate = new Ajv2020().compile(JSON.parse(readFileSync('schema/rates.schema.json', 'utf8')));

/** A card that is taken is what it says: written and read it is the same, and the schema takes it too. */
const rates: Target = {
  seeds: [
    writeRateCard(PUBLISHED_CARD),
    writeRateCard({
      currency: 'GBP',
      dated: [...PUBLISHED_CARD.dated, ...PUBLISHED_CARD.dated].map((each, index) => ({
        ...each,
        written: `${2024 + index}-01-01T00:00:00Z`,
        creditPrice: parseCreditPrice(`0.0${index + 1}`),
      })),
    }),
    writeRateCard(PUBLISHED_CARD).replaceAll(/: ([\d.]+),/g, ': "$1",'),
  ],
  tokens: [
    ...JSON_TOKENS,
    '"base": ',
    '1.5',
    '-1',
    '"1e-3"',
    '0',
    '2024-02-30',
    '9999-12-31',
    '"__proto__": ',
    'rates',
  ],
  async check(bytes) {
    const outcome = await outcomeOf(
      async () => writeRateCard(readRateCard(bytes.toString(), 'card')),
      SettingError,
    );
    if (outcome.accepted === undefined) return;
    mustBeSame(writeRateCard(readRateCard(outcome.accepted, 'card')), outcome.accepted, 'read again');
    if (!validate(JSON.parse(bytes.toString())))
      throw new Error(`the schema refuses it: ${JSON.stringify(validate.errors)}`);
  },
};

export const TARGETS: Readonly<Record<string, Target>> = { parser, csv, env, rates };

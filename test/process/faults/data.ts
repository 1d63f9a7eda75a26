import { atMessages, atReport, type Fault, fails, succeeds } from './fault.js';

const VALID = { id: '7', timestamp: '"2024-04-29T02:08:29Z"', text: '"!!!"' };

/** One message as JSON text, with members replaced, added, or left out where undefined. */
function document(...changes: Readonly<Record<string, string | undefined>>[]): string {
  const messages = changes.map((change) =>
    Object.entries({ ...VALID, ...change })
      .flatMap(([key, value]) => (value === undefined ? [] : `"${key}":${value}`))
      .join(','),
  );
  return `{"messages":[{${messages.join('},{')}}]}`;
}

const FIELDS: readonly (readonly [field: string, value: string | undefined, where: string])[] = [
  ...[undefined, 'null', '"7"', '1.5', '1.0', '1e3', 'true', '{}'].map(
    (value) => ['id', value, 'messages[0]: id: '] as const,
  ),
  ...[undefined, 'null', '5', '["a"]'].map((value) => ['text', value, 'message 7: text: '] as const),
  ...[
    undefined,
    'null',
    '1714356509',
    '1714356509000',
    '"2024-04-29T02:08:29"',
    '"2024-04-29"',
    '"2024-04-29 02:08:29"',
    '"2024-02-30T00:00:00Z"',
    '"0000-00-00"',
    '"2024-04-29T24:00:00Z"',
    '""',
  ].map((value) => ['timestamp', value, 'message 7: timestamp: '] as const),
  ...['""', '1.5', 'true', '[]', '{}'].map(
    (value) => ['report_id', value, 'message 7: report_id: '] as const,
  ),
];

const messages: Fault[] = FIELDS.map(([field, value, where]) =>
  fails(
    65,
    `${field === 'timestamp' ? 'C131' : 'C122'} a message with ${field} ${value ?? 'missing'}`,
    where,
    {
      upstream: atMessages({ body: document({ [field]: value }) }),
    },
  ),
);

const row = (id: string, credits: string, name = '') =>
  `{"message_id":${id},"timestamp":"2024-04-29T02:08:29Z",${name}"credits_used":${credits}}`;
const bill = (...rows: string[]) => `{"usage":[\n${rows.join(',\n')}\n]}\n`;

const ids: Fault[] = [
  succeeds('C039 C092 ids beyond 2^53 stay exact and apart', {
    upstream: atMessages({ body: document({ id: '9007199254740993' }, { id: '9007199254740992' }) }),
    stdout: bill(row('9007199254740993', '1.15'), row('9007199254740992', '1.15')),
  }),
  succeeds('C092 an id of 18 digits, and a report id that is 000123', {
    upstream: {
      messages: document({ id: '468768768833943384', report_id: '"000123"' }),
      reports: { '000123': '{"id":"000123","name":"n","credit_cost":2}' },
    },
    stdout: bill(row('468768768833943384', '2', '"report_name":"n",')),
  }),
  succeeds('C113 a first message of empty text costs the least and changes no other', {
    upstream: atMessages({ body: document({ id: '0', text: '""' }, { id: '1', text: '"racecar"' }) }),
    stdout: bill(row('0', '1'), row('1', '2')),
  }),
  fails(65, 'C113 a placeholder id', 'messages[0]: id: ', {
    upstream: atMessages({ body: document({ id: '"<synthetic>"' }) }),
  }),
  fails(65, 'C007 an id twice', 'message 7: occurs twice', {
    upstream: atMessages({ body: document({}, {}) }),
  }),
  succeeds('C007 C157 an id twice, --duplicates once', {
    upstream: atMessages({ body: document({}, {}) }),
    args: ['--duplicates', 'once'],
    stdout: bill(row('7', '1.15')),
  }),
  succeeds('C007 an id twice, --duplicates keep', {
    upstream: atMessages({ body: document({}, {}) }),
    args: ['--duplicates', 'keep'],
    stdout: bill(row('7', '1.15'), row('7', '1.15')),
  }),
  ...[
    [{ text: '"a"' }, { text: '"a longer text"' }],
    [{ text: '"a longer text"' }, { text: '"a"' }],
  ].map((copies, index) =>
    fails(
      65,
      `C008 an id twice with other content, --duplicates once, order ${index + 1}`,
      'different content',
      {
        upstream: atMessages({ body: document(...copies) }),
        args: ['--duplicates', 'once'],
      },
    ),
  ),
  fails(65, 'C039 an id beyond 2^53 twice', 'message 9007199254740993: occurs twice', {
    upstream: atMessages({ body: document({ id: '9007199254740993' }, { id: '9007199254740993' }) }),
  }),
];

/** Costs that are no price: C072, C073, C109, C125, C149 and C154. */
const NO_COSTS = [
  ...['null', '""', '"5"', 'true', '[]', '{}', '-1', '-0.0001', '1e999', '-1e999', '"NaN"', '"Infinity"'],
  ...[
    '"0x10"',
    '" 5"',
    '"+2"',
    '"1_000"',
    '"1,5"',
    '"1e5"',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x10',
    '+2',
    '5.',
  ],
];

const report = (members: string) => atReport({ body: `{${members}}` });
const priced = (cost: string, credits: string) =>
  succeeds(`C038 C073 C154 a report that costs ${cost}`, {
    upstream: {
      messages: document({ report_id: '5' }),
      reports: { 5: `{"id":5,"name":"n","credit_cost":${cost}}` },
    },
    stdout: bill(row('7', credits, '"report_name":"n",')),
  });

const reports: Fault[] = [
  ...NO_COSTS.map((cost) =>
    fails(65, `C072 C073 C125 C149 C154 a report that costs ${cost}`, 'report 5392: ', {
      upstream: report(`"id":5392,"name":"n","credit_cost":${cost}`),
    }),
  ),
  fails(65, 'C109 C110 C111 a report without a cost', 'report 5392: credit_cost: is missing', {
    upstream: report('"id":5392,"name":"n"'),
  }),
  fails(65, 'a report with a cost twice', 'report 5392', {
    upstream: report('"id":5392,"name":"n","credit_cost":1,"credit_cost":2'),
  }),
  fails(65, 'a report with another id', 'report 5392: id: upstream answered with another report, "5393"', {
    upstream: report('"id":5393,"name":"n","credit_cost":1'),
  }),
  fails(65, 'a report without an id', 'report 5392: id: is missing', {
    upstream: report('"name":"n","credit_cost":1'),
  }),
  fails(65, 'a report without a name', 'report 5392: name: is missing', {
    upstream: report('"id":5392,"credit_cost":1'),
  }),
  fails(65, 'C026 a report whose name is null', 'report 5392: name: expected a string, got null', {
    upstream: report('"id":5392,"name":null,"credit_cost":1'),
  }),
  priced('0', '0'),
  priced('-0', '0'),
  priced('0.0000001', '0.0000001'),
  priced('1e-7', '0.0000001'),
  priced('1e21', '1000000000000000000000'),
  priced('999999999999.99', '999999999999.99'),
  priced('3.35', '3.35'),
  priced('2.675', '2.675'),
];

export const data: Fault[] = [...messages, ...ids, ...reports];

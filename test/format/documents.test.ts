import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import { expect, test } from 'vitest';
import { openTimeZone } from '../../src/calendar/time-zone.js';
import { readReport } from '../../src/document/messages.js';
import { explanationJson } from '../../src/format/documents/explanation.js';
import { summaryFacts } from '../../src/format/documents/summary.js';
import { FORMATS } from '../../src/format/formats.js';
import { fieldsOf } from '../../src/format/rows.js';
import { fixedPrice, parseCreditPrice } from '../../src/rates/money.js';
import { SHOWN_FIELDS } from '../../src/service/query/parameters.js';
import { SUMMARY_SCHEMA } from '../../src/service/routes/summary-route.js';
import { EXPLANATION_SCHEMA, USAGE_SCHEMA } from '../../src/service/routes/usage-routes.js';
import { outlookOf } from '../../src/usage/forecast/budget.js';
import { CREDITS } from '../../src/usage/forecast/limit.js';
import { explainItem } from '../../src/usage/pricing/message-pricer.js';
import type { UsageItem } from '../../src/usage/pricing/priced-row.js';
import { createTotals } from '../../src/usage/pricing/sums.js';
import { GROUPINGS, type Grouping } from '../../src/usage/summary/groups.js';
import { createSummary } from '../../src/usage/summary/summary.js';

const MONEY = { creditPrice: creditPrice(), currency: 'GBP' };
const PRICES = fixedPrice(MONEY.creditPrice, MONEY.currency);
const ZONE = openTimeZone('UTC');
const OPTIONS = { delimiter: ',', bom: false, formulaGuard: true, outOf: () => undefined };
const REPORT = readReport(Buffer.from('{"id":5392,"name":"Lease","credit_cost":79}'), 5392);

/** One of each kind, years apart, whose prices take every member of a step. */
const ITEMS: UsageItem[] = [
  { message: { id: 1, timestamp: '2020-01-01T00:00:00Z', reportId: 5392, text: '' }, report: REPORT },
  { message: { id: 2, timestamp: '2024-04-01T00:00:00Z', reportId: 'gone', text: 'a bee see' } },
  { message: { id: 3, timestamp: '2024-04-29T00:00:00Z', reportId: undefined, text: 'level' } },
  { message: { id: 4, timestamp: '2024-04-29T00:00:00Z', reportId: undefined, text: '' } },
].map(({ message, report }) => ({ message, report, credits: REPORT.cost }));

function creditPrice() {
  const price = parseCreditPrice('0.0213');
  if (price === undefined) throw new Error('no price');
  return price;
}

/** Where a document or a schema has a member: `usage[].message_id`. */
function membersOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => membersOf(each, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, each]) => membersOf(each, `${at}.${name}`))];
}
function declaredIn(schema: unknown, at = ''): string[] {
  const { properties, items }: { properties?: object; items?: unknown } = Object(schema);
  if (items !== undefined) return declaredIn(items, `${at}[]`);
  return [
    at,
    ...Object.entries(properties ?? {}).flatMap(([name, each]) => declaredIn(each, `${at}.${name}`)),
  ];
}

function schemaIn({ response }: { readonly response: object }): object {
  const { 200: ok }: { 200?: { content?: Record<string, { schema: object }> } } = response;
  return Object(ok?.content?.['application/json']?.schema);
}

async function usageDocument(): Promise<unknown> {
  const newRenderer = await FORMATS.json.rows({ ...OPTIONS, fields: fieldsOf(SHOWN_FIELDS, ZONE, PRICES) });
  const renderer = newRenderer();
  const pieces = [renderer.head(), renderer.rows(ITEMS), ...renderer.tail(createTotals().value())];
  return JSON.parse(pieces.map((piece) => Buffer.from(piece).toString()).join(''));
}

async function summaryDocument(by: readonly [Grouping, Grouping?]): Promise<unknown> {
  const sums = createSummary(by, ZONE, PRICES);
  sums.add(ITEMS);
  const summary = sums.value();
  const about = { source: 's', period: 'p', rules: 'r', zone: ZONE, outOf: 5 };
  const now = Date.parse('2024-04-30T00:00:00Z');
  const limit = { amount: REPORT.cost, unit: CREDITS };
  const outlook = outlookOf(summary, limit, { zone: ZONE, selection: { offset: 0 } }, now);
  const facts = { ...summaryFacts(summary, about, undefined, now), outlook };
  return JSON.parse([...(await FORMATS.json.summary(summary, facts))].join(''));
}

const BY: [Grouping, Grouping?][] = GROUPINGS.flatMap((first): [Grouping, Grouping?][] => [
  [first],
  [first, first === 'kind' ? 'report' : 'kind'],
]);

test.each<[string, { readonly response: object }, () => Promise<unknown[]>]>([
  ['usage', USAGE_SCHEMA, async () => [await usageDocument()]],
  ['summary', SUMMARY_SCHEMA, () => Promise.all(BY.map(summaryDocument))],
  [
    'explanation',
    EXPLANATION_SCHEMA,
    async () =>
      ITEMS.map((item) => JSON.parse(explanationJson({ ...explainItem(item, 'published'), money: MONEY }))),
  ],
])(
  '%s: the schema of the service has the members of the document, no more and no less',
  async (_, schema, documents) => {
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schemaIn(schema));
    const written = await documents();
    for (const document of written) {
      validate(document);
      expect(validate.errors).toBeNull();
    }
    const members = new Set(written.flatMap((document) => membersOf(document)));
    const isLeaf = (member: string) => !member.endsWith(']');
    expect([...members].filter(isLeaf).sort()).toEqual(
      [...new Set(declaredIn(schemaIn(schema)))].filter(isLeaf).sort(),
    );
  },
);

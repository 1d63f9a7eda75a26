import type { UpstreamOptions } from '../upstream.js';

/** A period with each kind of price: a report, no report, a missing report, null. */
export const MESSAGES = [
  {
    id: 1000,
    timestamp: '2024-04-29T02:08:29.375Z',
    text: 'Generate a Tenant Obligations Report',
    report_id: 5392,
  },
  {
    id: 1001,
    timestamp: '2024-04-29T05:25:03+02:00',
    text: 'Are there any restrictions on alterations or improvements?',
  },
  {
    id: 1002,
    timestamp: '2024-04-30T23:59:59.999999Z',
    text: 'A man, a plan, a canal: Panama',
    report_id: 9999,
  },
  { id: 1003, timestamp: '2024-05-01T00:00:00Z', text: 'Hello olleH', report_id: null },
] as const;
export const REPORTS = { 5392: { id: 5392, name: 'Tenant Obligations Report', credit_cost: 79 } } as const;

/** What an upstream serves where nothing is scripted. */
export const USUAL = { messages: { messages: MESSAGES }, reports: REPORTS } satisfies UpstreamOptions;

/** The bill of that period, by hand: 79 as the report says; 5.2, 8.8 and 2 as docs/pricing.md works them out. */
export const BILL = `{"usage":[
{"message_id":1000,"timestamp":"2024-04-29T02:08:29.375Z","report_name":"Tenant Obligations Report","credits_used":79},
{"message_id":1001,"timestamp":"2024-04-29T05:25:03+02:00","credits_used":5.2},
{"message_id":1002,"timestamp":"2024-04-30T23:59:59.999999Z","credits_used":8.8},
{"message_id":1003,"timestamp":"2024-05-01T00:00:00Z","credits_used":2}
]}
`;
export const BILL_CSV = [
  'message_id,timestamp,report_name,credits_used',
  '1000,2024-04-29T02:08:29.375Z,Tenant Obligations Report,79',
  '1001,2024-04-29T05:25:03+02:00,,5.2',
  '1002,2024-04-30T23:59:59.999999Z,,8.8',
  '1003,2024-05-01T00:00:00Z,,2',
  '',
].join('\r\n');

export const MESSAGES_PATH = '/messages/current-period';
export const REPORT_PATH = '/reports/5392';

/** Messages `1…count` of one text and time, with `more` of each. */
export function manyMessages(count: number, more: (index: number) => object = () => ({})): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    timestamp: '2024-04-29T02:08:29.375Z',
    text: `message ${index}`,
    ...more(index),
  }));
}

/** One message priced by a report of `name` and cost `cost`, which may be any JSON text. */
export function oneReport(name: string, cost = '1'): UpstreamOptions {
  return {
    messages: { messages: manyMessages(1, () => ({ report_id: 5 })) },
    reports: { 5: `{"id":5,"name":${JSON.stringify(name)},"credit_cost":${cost}}` },
  };
}

/** The period of the tests: one message of each kind, and what `usage --json` prints for it. */
const MESSAGES = [
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
];
const REPORTS = { 5392: { id: 5392, name: 'Tenant Obligations Report', credit_cost: 79 } };
export const USUAL = { messages: { messages: MESSAGES }, reports: REPORTS };
export const CONTRACT = `{"usage":[
{"message_id":1000,"timestamp":"2024-04-29T02:08:29.375Z","report_name":"Tenant Obligations Report","credits_used":79},
{"message_id":1001,"timestamp":"2024-04-29T05:25:03+02:00","credits_used":5.2},
{"message_id":1002,"timestamp":"2024-04-30T23:59:59.999999Z","credits_used":8.8},
{"message_id":1003,"timestamp":"2024-05-01T00:00:00Z","credits_used":2}
]}
`;

/** Messages 1 to `count`, a second apart. */
export function manyMessages(count: number, first = 1): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: first + index,
    timestamp: new Date(Date.UTC(2024, 3, 1) + (first + index) * 1000).toISOString(),
    text: `message ${first + index}`,
  }));
}

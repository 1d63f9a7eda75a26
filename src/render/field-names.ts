/** The fields of a row, in the order of the contract; the others only where `--fields` names them. */
export const FIELDS = [
  'message_id',
  'timestamp',
  'report_name',
  'credits_used',
  'report_id',
  'kind',
  'date',
  'characters',
  'text',
] as const;
export type FieldName = (typeof FIELDS)[number];

export const CONTRACT_FIELDS: readonly FieldName[] = [
  'message_id',
  'timestamp',
  'report_name',
  'credits_used',
];

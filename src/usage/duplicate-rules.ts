/** What a message id that stands twice means: the data is wrong; equal copies count once; every copy counts. */
export const DUPLICATE_RULES = ['error', 'once', 'keep'] as const;
export type DuplicateRule = (typeof DUPLICATE_RULES)[number];

export type { ReportId } from './document/records.js';
export * from './engine/index.js';
export * from './errors.js';
export {
  type PricedReport,
  type PriceOptions,
  price,
  type UnpricedMessage,
} from './library/price.js';
export type { PricedMessage } from './library/usage.js';
export { type UsageOptions, usage } from './library/usage.js';
export type { Kind } from './usage/pricing/priced-row.js';

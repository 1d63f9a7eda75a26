import { Decimal } from 'decimal.js';

/**
 * The engine's own constructor. 2,000 digits hold every sum and product of amounts that `parseAmount` lets
 * in (400 digits each, a count and a factor included), so that nothing ever rounds; and nothing prints with
 * an exponent.
 */
export const ExactDecimal = Decimal.clone({
  defaults: true,
  precision: 2000,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});

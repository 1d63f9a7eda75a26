import { type Amount, addAmounts } from './amount.js';

/** An exact running total of any size. */
export interface Total {
  add(amount: Amount): void;
  value(): Amount;
}

export function createTotal(): Total {
  let hundredths = 0;
  let beyond: Amount = 0;

  return {
    add(amount) {
      if (typeof amount === 'number') {
        const sum = hundredths + amount;
        if (Number.isSafeInteger(sum)) {
          hundredths = sum;
          return;
        }
      }
      beyond = addAmounts(beyond, amount);
    },
    value: () => addAmounts(beyond, hundredths),
  };
}

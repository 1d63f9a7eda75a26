/** Where the rules change with a length in code points. Whole numbers, 0 < mediumFrom <= longFrom. */
export interface Thresholds {
  /** The first length that is a medium word. */
  readonly mediumFrom: number;
  /** The first length that is a long word. */
  readonly longFrom: number;
  /** The longest text without the length surcharge. */
  readonly lengthLimit: number;
}

export const PUBLISHED_THRESHOLDS: Thresholds = { mediumFrom: 4, longFrom: 8, lengthLimit: 100 };

/** @throws {RangeError} naming the threshold that is wrong */
export function checkThresholds({ mediumFrom, longFrom, lengthLimit }: Thresholds): void {
  if (!Number.isSafeInteger(mediumFrom) || mediumFrom < 1) {
    throw new RangeError(`mediumFrom must be a whole number from 1: ${mediumFrom}`);
  }
  if (!Number.isSafeInteger(longFrom) || longFrom < mediumFrom) {
    throw new RangeError(`longFrom must be a whole number from mediumFrom (${mediumFrom}): ${longFrom}`);
  }
  if (!Number.isSafeInteger(lengthLimit) || lengthLimit < 0) {
    throw new RangeError(`lengthLimit must be a whole number from 0: ${lengthLimit}`);
  }
}

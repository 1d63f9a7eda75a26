import { type Amount, compareAmounts, formatAmount } from '../engine/index.js';
import { DataError } from '../errors.js';
import type { ReportId } from '../source/message.js';
import { reportKey } from './report-book.js';

/** What one part of a bill says of a report. */
export interface ReportClaim {
  readonly id: ReportId;
  /** Undefined: the report is missing, and texts were priced. */
  readonly name: string | undefined;
  /** Credits; undefined where the part does not say. */
  readonly cost?: Amount | undefined;
}

/**
 * Makes a check that parts of one bill agree about each report: whether it exists, its name and its cost. Parts that do
 * not were priced from different data, and what they say of the report would depend on their order.
 *
 * @returns a function that throws a DataError that names both parts
 */
export function createReportCheck() {
  const claims = new Map<number | string, ReportClaim & { readonly part: string }>();

  return ({ id, name, cost }: ReportClaim, part: string): void => {
    const key = reportKey(id);
    const known = claims.get(key);
    if (known === undefined) {
      claims.set(key, { id, name, cost, part });
      return;
    }
    const sameCost = cost === undefined || known.cost === undefined || compareAmounts(cost, known.cost) === 0;
    if (known.name === name && sameCost) return;
    const [here, there] = [
      shown(name, sameCost ? undefined : cost),
      shown(known.name, sameCost ? undefined : known.cost),
    ];
    throw new DataError(part, `report ${id} is ${here}, but ${there} in ${known.part}: they cannot be added`);
  };
}

function shown(name: string | undefined, cost: Amount | undefined): string {
  if (name === undefined) return 'missing';
  return cost === undefined ? JSON.stringify(name) : `${JSON.stringify(name)} for ${formatAmount(cost)}`;
}

import { type Amount, compareAmounts, formatAmount } from '../engine/index.js';
import { DataError } from '../errors.js';
import type { ReportId } from '../source/message.js';
import { reportKey } from './report-book.js';

/** What a part of a bill says of a report. */
interface ReportClaim {
  /** Undefined: the report is missing, and texts were priced. */
  readonly name: string | undefined;
  readonly cost: Amount | undefined;
  readonly part: string;
}

/**
 * Makes a check that parts of one bill agree about each report: whether it exists, its name and its cost. Parts that do
 * not were priced from different data, and what they say of the report would depend on their order.
 *
 * @returns a function that throws a DataError that names both parts; `name` is undefined for a missing report, `cost`
 *   where the part does not say
 */
export function createReportCheck() {
  const claims = new Map<number | string, ReportClaim>();

  return (id: ReportId, name: string | undefined, cost: Amount | undefined, part: string): void => {
    const known = claims.get(reportKey(id));
    if (known === undefined) claims.set(reportKey(id), { name, cost, part });
    else if (known.name !== name || known.cost !== cost) compare(id, known, { name, cost, part });
  };
}

function compare(id: ReportId, known: ReportClaim, found: ReportClaim): void {
  const bothCost = found.cost !== undefined && known.cost !== undefined;
  const sameCost = !bothCost || compareAmounts(found.cost, known.cost) === 0;
  if (known.name === found.name && sameCost) return;
  const [here, there] = [found, known].map(({ name, cost }) => shown(name, sameCost ? undefined : cost));
  throw new DataError(
    found.part,
    `report ${id} is ${here}, but ${there} in ${known.part}: they cannot be added`,
  );
}

function shown(name: string | undefined, cost: Amount | undefined): string {
  if (name === undefined) return 'missing';
  return cost === undefined ? JSON.stringify(name) : `${JSON.stringify(name)} for ${formatAmount(cost)}`;
}

import type { CauseFinder } from './cause.js';
import { createParts, withoutParts } from './parts.js';

/** Finds messages whose report does not exist, by the report's id; an export tells only with its `kind`. */
export function createMissingReportsCause(): CauseFinder {
  const parts = createParts();
  return {
    add(row) {
      if (row.kind === 'missing-report') parts.add(row.reportId ?? '', row.credits);
    },
    value() {
      const reports = parts.value();
      if (reports.length === 0) return undefined;
      return { cause: 'missing-reports', ...withoutParts(reports), reports };
    },
  };
}

import { bodies } from './faults/bodies.js';
import { connections } from './faults/connections.js';
import { data } from './faults/data.js';
import type { Fault } from './faults/fault.js';
import { redirects } from './faults/redirects.js';
import { sources } from './faults/sources.js';
import { statuses } from './faults/statuses.js';

/** The fault matrix: what goes wrong, where it strikes, and how the run ends. */
export const FAULTS: readonly Fault[] = [
  ...connections,
  ...statuses,
  ...redirects,
  ...bodies,
  ...data,
  ...sources,
];

import type { Command } from 'commander';
import type { Run } from '../host.js';
import { completionCommand } from './completion.js';
import { configCommand } from './config.js';
import { diffCommand } from './diff.js';
import { explainCommand } from './explain.js';
import { mergeCommand } from './merge.js';
import { priceCommand } from './price.js';
import { ratesCommand } from './rates.js';
import { reportCommand } from './report.js';
import { serveCommand } from './serve.js';
import { snapshotCommand } from './snapshot.js';
import { summaryCommand } from './summary.js';
import { usageCommand } from './usage.js';
import { verifyCommand } from './verify.js';

/** Every command but `help`, by its name and in the order of the help page. */
export const COMMANDS: ReadonlyMap<string, (run: Run) => Command> = new Map([
  ['usage', usageCommand],
  ['summary', summaryCommand],
  ['explain', explainCommand],
  ['diff', diffCommand],
  ['price', priceCommand],
  ['merge', mergeCommand],
  ['rates', ratesCommand],
  ['verify', verifyCommand],
  ['snapshot', snapshotCommand],
  ['report', reportCommand],
  ['serve', serveCommand],
  ['config', configCommand],
  ['completion', completionCommand],
]);

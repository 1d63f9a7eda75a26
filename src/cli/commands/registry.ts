import type { Command } from 'commander';
import type { Run } from '../host.js';

type MakeCommand = (run: Run) => Command;

/** Every command but `help`, in the order of the help page; each is loaded when it is named, or all are shown. */
export const COMMANDS: ReadonlyMap<string, () => Promise<MakeCommand>> = new Map([
  ['usage', async () => (await import('./usage.js')).usageCommand],
  ['summary', async () => (await import('./summary.js')).summaryCommand],
  ['explain', async () => (await import('./explain.js')).explainCommand],
  ['diff', async () => (await import('./diff.js')).diffCommand],
  ['price', async () => (await import('./price.js')).priceCommand],
  ['merge', async () => (await import('./merge.js')).mergeCommand],
  ['rates', async () => (await import('./rates.js')).ratesCommand],
  ['verify', async () => (await import('./verify.js')).verifyCommand],
  ['snapshot', async () => (await import('./snapshot.js')).snapshotCommand],
  ['report', async () => (await import('./report.js')).reportCommand],
  ['serve', async () => (await import('./serve.js')).serveCommand],
  ['config', async () => (await import('./config.js')).configCommand],
  ['completion', async () => (await import('./completion.js')).completionCommand],
]);

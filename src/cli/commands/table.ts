import type { MakeCommand } from './define.js';

/** Every command but `help`, by its name and in the order of the help page; each is loaded when it is run. */
export const COMMANDS: Readonly<Record<string, () => Promise<{ readonly make: MakeCommand }>>> = {
  usage: () => import('./usage.js'),
  summary: () => import('./summary.js'),
  budget: () => import('./budget.js'),
  history: () => import('./history.js'),
  explain: () => import('./explain.js'),
  diff: () => import('./diff.js'),
  price: () => import('./price.js'),
  merge: () => import('./merge.js'),
  rates: () => import('./rates.js'),
  verify: () => import('./verify.js'),
  snapshot: () => import('./snapshot.js'),
  report: () => import('./report.js'),
  serve: () => import('./serve.js'),
  config: () => import('./config.js'),
  completion: () => import('./completion.js'),
};

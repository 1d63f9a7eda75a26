import { type Command, Option } from 'commander';

/** The flag that turns a comparison into a reconciliation. */
export function addTotalOption(command: Command): Command {
  return command.addOption(
    new Option('--total <credits>', 'reconcile OLD, or the source, with the amount of an invoice').helpGroup(
      'Diff:',
    ),
  );
}

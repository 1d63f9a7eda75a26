import { type Command, Option } from 'commander';

/** The flag that keeps what an export was made from, so that it can be proved. */
export function addReceiptOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--receipt <file>',
      'also write what the result is and was made from, for verify (JSON)',
    ).helpGroup('Output:'),
  );
}

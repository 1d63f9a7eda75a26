import { type Command, Option } from 'commander';

const GROUP = 'Cron:';

/** The flags of a job that runs with nobody watching. */
export function addJobOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--lock <file>', 'end with 75 at once while another run holds this file').helpGroup(GROUP),
    )
    .addOption(
      new Option('--metrics <file>', 'write a Prometheus textfile, on failure too').helpGroup(GROUP),
    );
}

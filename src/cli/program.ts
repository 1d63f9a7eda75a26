import { Command } from 'commander';
import { version } from '../../package.json';
import { completionCommand } from './commands/completion.js';
import { configCommand } from './commands/config.js';
import { diffCommand } from './commands/diff.js';
import { explainCommand } from './commands/explain.js';
import { helpCommand } from './commands/help.js';
import { mergeCommand } from './commands/merge.js';
import { priceCommand } from './commands/price.js';
import { ratesCommand } from './commands/rates.js';
import { reportCommand } from './commands/report.js';
import { serveCommand } from './commands/serve.js';
import { snapshotCommand } from './commands/snapshot.js';
import { summaryCommand } from './commands/summary.js';
import { usageCommand } from './commands/usage.js';
import { verifyCommand } from './commands/verify.js';
import { addHelp } from './help/add-help.js';
import type { Run } from './host.js';

/** The command line. Each command loads what it needs when it runs, so that start-up stays short. */
export function createProgram(run: Run): Command {
  const program = new Command('o-copilot')
    .description('What Orbital Copilot messages cost, exactly')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => run.host.stdout.write(text),
      // Errors are thrown and shown by main, in one place and one form.
      writeErr: () => {},
    })
    // The choices are for shell completion; each description names its own.
    .configureHelp({
      optionDescription: ({ description }) => description,
      argumentDescription: ({ description }) => description,
    })
    .helpCommand(false)
    .showSuggestionAfterError()
    // checkWords refuses them, and names the first.
    .allowExcessArguments(true);
  const commands = [
    usageCommand(run),
    summaryCommand(run),
    explainCommand(run),
    diffCommand(run),
    priceCommand(run),
    mergeCommand(run),
    ratesCommand(run),
    verifyCommand(run),
    snapshotCommand(run),
    reportCommand(run),
    serveCommand(run),
    configCommand(run),
    completionCommand(run),
  ];
  for (const command of [...commands, helpCommand(run, commands)]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  addHelp(program);
  return program;
}

/**
 * Puts in the default command, `usage`, where the words name none. commander's own default command would take
 * a misspelt name for an argument, and could not suggest the right one.
 */
export function withDefaultCommand(argv: readonly string[]): string[] {
  const [node = '', script = '', ...words] = argv;
  const [first] = words;
  const named = first !== undefined && (!first.startsWith('-') || FOR_PROGRAM.includes(first));
  return [node, script, ...(named ? [] : ['usage']), ...words];
}

const FOR_PROGRAM: readonly string[] = ['-h', '--help', '-V', '--version'];

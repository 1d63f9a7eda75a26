import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { version } from '../../package.json';
import type { Invocation, MakeCommand } from './commands/define.js';
import type { Context } from './process/host.js';

/** The program for a command line. Only what that needs is loaded: start-up is felt on every call. */
export async function createProgram(context: Context, invocation: Invocation): Promise<CommandUnknownOpts> {
  const { words } = invocation;
  const [first = ''] = words;
  if (VERSION.includes(first)) return emptyProgram(context, await versionText(words.includes('--verbose')));
  const load = COMMANDS[first];
  if (load === undefined || first === 'completion' || words.some((word) => HELP.includes(word))) {
    return createWholeProgram(context, invocation);
  }
  const { make } = await load();
  return withCommands(emptyProgram(context), [make(context, invocation)]);
}

/** The program with every command, and their help. */
export async function createWholeProgram(
  context: Context,
  invocation: Invocation = { words: [] },
): Promise<CommandUnknownOpts> {
  const [modules, { makeHelp }, { addExamples, helpLayout, helpWidth }, { topicList }] = await Promise.all([
    Promise.all(Object.values(COMMANDS).map((load) => load())),
    import('./commands/help.js'),
    import('./help/layout.js'),
    import('./help/topics.js'),
  ]);
  const commands = [...modules.map(({ make }) => make), makeHelp(Object.keys(COMMANDS))];
  const width = helpWidth(context.host);
  const empty = emptyProgram(context).configureHelp(helpLayout(width));
  const program = withCommands(
    empty,
    commands.map((make) => make(context, invocation)),
  );
  addExamples(program.commands, width);
  return program.addHelpText('after', () => `\n${topicList(width)}`);
}

function withCommands(program: CommandUnknownOpts, commands: readonly CommandUnknownOpts[]) {
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

/** With `--verbose` also what a price depends on beside the program, a line each. */
async function versionText(verbose: boolean): Promise<string> {
  if (!verbose) return version;
  const { dataTables } = await import('../receipt/flags.js');
  const { unicode, tz } = dataTables();
  return `o-copilot ${version}\nUnicode ${unicode}\ntz ${tz}\nNode ${process.versions.node}`;
}

function emptyProgram(context: Context, versionShown = version): Command {
  return (
    new Command('o-copilot')
      .description('What Orbital Copilot messages cost, exactly')
      .version(
        versionShown,
        '-V, --version',
        'show the version; with --verbose also those of Unicode, tz and Node',
      )
      .helpOption('-h, --help', 'show help')
      .exitOverride()
      .configureOutput({
        writeOut: (text) => context.host.stdout.write(text),
        // Errors are thrown and shown by main, in one place and one form.
        writeErr: () => {},
      })
      .helpCommand(false)
      .showSuggestionAfterError()
      // refuseExtraWords refuses them, and names the first.
      .allowExcessArguments(true)
  );
}

/**
 * The words of a command line, with the default command, `usage`, where they name none. commander's own default
 * command would take a misspelt name for an argument, and could not suggest the right one.
 */
export function wordsOf(argv: readonly string[]): string[] {
  const words = argv.slice(2);
  const [first] = words;
  const named = first !== undefined && (!first.startsWith('-') || [...HELP, ...VERSION].includes(first));
  return named ? words : ['usage', ...words];
}

const VERSION: readonly string[] = ['-V', '--version'];
const HELP: readonly string[] = ['-h', '--help'];

/** Every command but `help`, by its name and in the order of the help page; each is loaded when it is run. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly make: MakeCommand }>>> = {
  usage: () => import('./commands/usage.js'),
  summary: () => import('./commands/summary.js'),
  budget: () => import('./commands/budget.js'),
  history: () => import('./commands/history.js'),
  explain: () => import('./commands/explain.js'),
  diff: () => import('./commands/diff.js'),
  price: () => import('./commands/price.js'),
  merge: () => import('./commands/merge.js'),
  rates: () => import('./commands/rates.js'),
  verify: () => import('./commands/verify.js'),
  snapshot: () => import('./commands/snapshot.js'),
  report: () => import('./commands/report.js'),
  serve: () => import('./commands/serve.js'),
  config: () => import('./commands/config.js'),
  completion: () => import('./commands/completion.js'),
};

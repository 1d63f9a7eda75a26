import { Command } from 'commander';
import { version } from '../../package.json';
import type { Run } from './host.js';

/**
 * The command line for these words. Only what they need is loaded: start-up is felt on every call.
 *
 * @param words those after the program's name
 */
export async function createProgram(run: Run, words: readonly string[]): Promise<Command> {
  const [first = ''] = words;
  if (VERSION.includes(first)) return emptyProgram(run, await versionText(words.includes('--verbose')));
  const { COMMANDS } = await import('./commands/registry.js');
  const make = COMMANDS.get(first);
  if (make === undefined || first === 'completion' || words.some((word) => HELP.includes(word))) {
    return createWholeProgram(run);
  }
  return withCommands(emptyProgram(run), [make(run)]);
}

/** The program with every command, and their help. */
export async function createWholeProgram(run: Run): Promise<Command> {
  const [{ COMMANDS }, { helpCommand }, { addHelp, helpLayout }, { helpWidth }] = await Promise.all([
    import('./commands/registry.js'),
    import('./commands/help.js'),
    import('./help/add-help.js'),
    import('./help/layout.js'),
  ]);
  const commands = [...COMMANDS.values()].map((make) => make(run));
  const width = helpWidth(run.host);
  const empty = emptyProgram(run).configureHelp(helpLayout(width));
  const program = withCommands(empty, [...commands, helpCommand(run, commands)]);
  addHelp(program, width);
  return program;
}

function withCommands(program: Command, commands: readonly Command[]): Command {
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}

/** With `--verbose` also what a price depends on beside the program, a line each. */
async function versionText(verbose: boolean): Promise<string> {
  if (!verbose) return version;
  const { dataTables } = await import('../receipt/receipt.js');
  const { unicode, tz } = dataTables();
  return `o-copilot ${version}\nUnicode ${unicode}\ntz ${tz}\nNode ${process.versions.node}`;
}

function emptyProgram(run: Run, versionShown = version): Command {
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
        writeOut: (text) => run.host.stdout.write(text),
        // Errors are thrown and shown by main, in one place and one form.
        writeErr: () => {},
      })
      .helpCommand(false)
      .hook('preAction', async (_, command) => {
        if (READS_NOTHING.includes(command.name())) return;
        const { checkFiles } = await import('./runs.js');
        await checkFiles(command, run.host);
      })
      .showSuggestionAfterError()
      // checkWords refuses them, and names the first.
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

const READS_NOTHING = ['completion', 'help'];
const VERSION: readonly string[] = ['-V', '--version'];
const HELP: readonly string[] = ['-h', '--help'];

import { basename, dirname, relative, sep } from 'node:path';
import { CommandLineError } from '../errors.js';
import {
  type FileIdentity,
  filesWithEntry,
  identify,
  identifyDescriptor,
  isSameFile,
  isWithin,
} from './file-identity.js';
import { isTemporaryName } from './temporary-name.js';

/** Two of the files of a run are one: none of them may be written, not even to tell of this failure. */
export class FileOverlapError extends CommandLineError {}

/** A file, folder or standard stream that a run uses. */
export interface FileUse {
  /** As the user wrote it: `--output bill.csv`, `stdin`. */
  readonly name: string;
  /** A descriptor for a standard stream. */
  readonly at: string | number;
  /** Added to others of its kind: one that is named twice would be counted twice. */
  readonly summed?: boolean;
}

type Identified = FileUse & { readonly identity: FileIdentity };

/**
 * Refuses a run that would write to what it reads, write two results to one file, or count one input twice. Nothing is
 * opened.
 *
 * @throws FileOverlapError that names both
 */
export async function refuseOverlap(reads: readonly FileUse[], writes: readonly FileUse[]): Promise<void> {
  const inputs = await identifyAll(reads);
  const outputs = (await identifyAll(writes)).filter(({ identity }) => isKept(identity));
  for (const input of inputs) {
    const linked = await filesWithEntry(
      input.identity,
      outputs.map(({ identity }) => identity),
    );
    for (const output of outputs) {
      if (linked.includes(output.identity) || (await overlaps(output, input))) {
        throw new FileOverlapError(
          `${output.name} and ${input.name}: a run never writes to a file or folder that it reads`,
        );
      }
    }
  }
  for (const [index, output] of outputs.entries()) {
    for (const other of outputs.slice(0, index)) await refuseOneForTwo(other, output);
  }
  await refuseTwice(inputs);
}

async function refuseTwice(inputs: readonly Identified[]): Promise<void> {
  for (const [index, input] of inputs.entries()) {
    for (const other of inputs.slice(0, index)) {
      // A pipe gives its bytes once, so whoever reads it second gets nothing.
      const once = input.identity.kind === 'pipe' || (input.at === 0 && other.at === 0);
      if (!once && !(input.summed && other.summed)) continue;
      if (!(await isSameFile(input.identity, other.identity))) continue;
      if (other.at === 0 && input.at === 0) {
        throw new FileOverlapError('stdin cannot be both of two inputs: it can be read once only');
      }
      const reason = once ? 'can be read once only' : 'would be counted twice';
      throw new FileOverlapError(`${other.name} and ${input.name} are the same file, which ${reason}`);
    }
  }
}

async function refuseOneForTwo(first: Identified, second: Identified): Promise<void> {
  const both = `${first.name} and ${second.name}`;
  if (await isSameFile(first.identity, second.identity)) {
    throw new FileOverlapError(`${both} name the same file`);
  }
  const isInside =
    (await isWithin(first.identity, second.identity)) || (await isWithin(second.identity, first.identity));
  if (isInside) throw new FileOverlapError(`${both}: one is inside the other`);
}

async function identifyAll(uses: readonly FileUse[]): Promise<Identified[]> {
  const found = await Promise.all(
    uses.map(async (use) => {
      const identity = typeof use.at === 'string' ? await identify(use.at) : identifyDescriptor(use.at);
      return identity === undefined ? [] : [{ ...use, identity }];
    }),
  );
  return found.flat();
}

/** Whether bytes stay where they are written: a terminal, a pipe or /dev/null may be used for two things. */
function isKept({ kind }: FileIdentity): boolean {
  return kind !== 'pipe' && kind !== 'device';
}

async function overlaps({ identity: output }: Identified, { identity: input }: Identified): Promise<boolean> {
  if (!isKept(input)) return false;
  if (isLeftover(input, output)) return true;
  // Also of a folder that does not exist yet.
  return (await isWithin(output, input)) || isWithin(input, output);
}

/** Whether `input` is what a killed run left of `output`, which the next one removes. */
function isLeftover(input: FileIdentity, output: FileIdentity): boolean {
  if (input.path === undefined || output.path === undefined) return false;
  const [entry = ''] = relative(dirname(output.path), input.path).split(sep);
  return isTemporaryName(entry, basename(output.path));
}

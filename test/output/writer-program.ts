import { OCopilotError } from '../../src/errors.js';
import { openWriter } from '../../src/output/file.js';
import { acquireLock } from '../../src/output/lock.js';
import type { Writer } from '../../src/output/writer.js';
import { line } from './line.js';

/**
 * A program around the writers, bundled by the tests and run as a process of its own. It sets its exit status
 * as the command line does, and says on stderr what happened.
 *   write TARGET LINES [stream] [again] [pause]   `again`: half, then restart; `pause`: stop before commit
 *   lock PATH                                     holds the lock until stdin ends
 */

async function writeLines(writer: Writer, from: number, to: number): Promise<void> {
  for (let index = from; index < to && !writer.closed; index++) await writer.write(line(index));
}

async function write([target, lines, ...flags]: string[]): Promise<void> {
  const writer = await openWriter(target, process.stdout, { stream: flags.includes('stream') });
  process.on('SIGTERM', () => {
    process.exitCode = 143;
    void writer.abandon();
    process.stderr.write('stopping\n');
  });
  try {
    const count = Number(lines);
    if (flags.includes('again')) {
      await writeLines(writer, 0, count / 2);
      await writer.restart();
    }
    await writeLines(writer, 0, count);
    process.stderr.write('written\n');
    if (flags.includes('pause')) await endOfStdin();
    await writer.commit();
    process.stderr.write(writer.closed ? 'closed\n' : 'committed\n');
  } finally {
    await writer.abandon();
  }
}

async function lock([path = '']: string[]): Promise<void> {
  const held = await acquireLock(path);
  process.stderr.write('held\n');
  await endOfStdin();
  await held.release();
}

async function endOfStdin(): Promise<void> {
  for await (const _ of process.stdin);
}

const [command, ...rest] = process.argv.slice(2);
try {
  await (command === 'lock' ? lock(rest) : write(rest));
} catch (error) {
  if (error instanceof OCopilotError) {
    process.exitCode = error.exitCode;
    process.stderr.write(`${error.message}\n`);
  } else if (!(error instanceof Error && error.name === 'AbortError')) {
    throw error;
  }
}

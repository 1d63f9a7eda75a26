import { atomicFileSink } from './atomic-file.js';
import type { Sink, SinkOptions } from './sink.js';
import { specialFileSink } from './special-file.js';
import { resolveTarget } from './target.js';

/**
 * A sink into the file `path`: replaced as a whole on commit, through a symbolic link too, keeping its mode;
 * a device or FIFO is written to instead.
 * @throws CannotCreateError when no such file can be made or written
 */
export async function fileSink(path: string, options: SinkOptions = {}): Promise<Sink> {
  const target = await resolveTarget(path);
  if (target.kind === 'special') return specialFileSink(path, options);
  return atomicFileSink({ ...target, shown: path }, options);
}

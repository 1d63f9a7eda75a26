import { constants, createReadStream, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { UnreadableError } from '../../errors.js';
import { reasonOf } from '../../os-error.js';

/** Bytes read at a time. */
const CHUNK = 256 * 1024;

/**
 * A file's bytes, or those of a FIFO such as `<(command)`. A FIFO is read as a socket is: a read that blocks for want of a
 * writer could not be given up, and Node would wait for it when the process ends.
 *
 * @throws UnreadableError
 */
export async function openStream(path: string, signal: AbortSignal): Promise<Readable> {
  try {
    if (!(await stat(path)).isFIFO()) return createReadStream(path, { highWaterMark: CHUNK, signal });
    // Does not wait for a writer; the socket closes the descriptor.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    return addAbortSignal(signal, socket);
  } catch (error) {
    throw new UnreadableError(path, reasonOf(error));
  }
}

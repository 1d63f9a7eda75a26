import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileWriter } from '../../src/output/file.js';
import { temporaryFolder } from './temporary-folder.js';

async function fifo(): Promise<string> {
  const path = join(await temporaryFolder(), 'fifo');
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
  return path;
}

describe('a FIFO', () => {
  it('gets everything, from memory and file, once its reader is there', async () => {
    const path = await fifo();
    const writer = await fileWriter(path);
    const piece = 'a piece of the bill\n'.repeat(5000);
    for (let index = 0; index < 120; index++) await writer.write(piece);
    const committed = writer.commit();
    const read = await text(createReadStream(path));
    await committed;
    expect(read.length).toBe(piece.length * 120);
    expect(read === piece.repeat(120)).toBe(true);
    expect((await fs.stat(path)).isFIFO()).toBe(true);
  });

  it('without a reader can be abandoned', async () => {
    const writer = await fileWriter(await fifo());
    await writer.write('x');
    const committed = expect(writer.commit()).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    await writer.abandon();
    await committed;
  });

  it('whose reader leaves is an error', async () => {
    const path = await fifo();
    const writer = await fileWriter(path);
    await writer.write('x'.repeat(1_000_000));
    const committed = expect(writer.commit()).rejects.toThrow(/cannot write .*fifo: broken pipe/);
    const reader = await fs.open(path, 'r');
    await reader.read(Buffer.alloc(10));
    await reader.close();
    await committed;
  });
});

it('a socket cannot be created', async () => {
  const path = join(await temporaryFolder(), 'socket');
  const server = createServer().listen(path);
  onTestFinished(() => {
    server.close();
  });
  const writer = await fileWriter(path);
  await expect(writer.commit()).rejects.toThrow(/cannot create .*socket: no such device or address/);
});

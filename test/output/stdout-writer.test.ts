import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { CannotWriteError } from '../../src/errors.js';
import { openWriter } from '../../src/output/file.js';
import { stdoutWriter } from '../../src/output/stdout.js';

describe('stdoutWriter', () => {
  it('waits for a slow reader, and writes nothing before commit', async () => {
    const stdout = new PassThrough();
    const writer = await stdoutWriter(stdout);
    await writer.write('x'.repeat(9_000_000));
    await writer.write('end');
    expect(stdout.readableLength + stdout.writableLength).toBe(0);
    const committed = writer.commit().then(() => stdout.end());
    expect((await text(stdout)) === `${'x'.repeat(9_000_000)}end`).toBe(true);
    await committed;
  });

  it('ends a commit that nobody reads when abandoned', async () => {
    const writer = await stdoutWriter(new Writable({ write() {} }));
    await writer.write('x');
    const committed = expect(writer.commit()).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    await writer.abandon();
    await writer.abandon();
    await committed;
  });

  it('writes nothing when abandoned', async () => {
    const stdout = new PassThrough();
    const writer = await stdoutWriter(stdout);
    await writer.write('x');
    await writer.abandon();
    expect(stdout.readableLength).toBe(0);
  });

  it('adds one listener to stdout, however many writers there are', async () => {
    const stdout = new PassThrough();
    for (let index = 0; index < 3; index++) await stdoutWriter(stdout);
    expect(stdout.listenerCount('error')).toBe(1);
  });
});

describe('with stream', () => {
  it('writes at once', async () => {
    const stdout = new PassThrough();
    const writer = await stdoutWriter(stdout, { stream: true });
    await writer.write('a');
    expect(stdout.read()?.toString()).toBe('a');
  });

  it('can restart before the first byte, and not after it', async () => {
    const writer = await stdoutWriter(new PassThrough(), { stream: true });
    await writer.restart();
    await writer.write('a');
    await expect(writer.restart()).rejects.toThrow(CannotWriteError);
    await expect(writer.restart()).rejects.toThrow(/--stream already wrote part of it/);
  });
});

describe('openWriter', () => {
  it.each([undefined, '-', '/dev/stdout', '/dev/fd/1'])('%s is stdout', async (output) => {
    const stdout = new PassThrough();
    const writer = await openWriter(output, stdout);
    await writer.write('x');
    await writer.commit();
    expect(stdout.read()?.toString()).toBe('x');
  });
});

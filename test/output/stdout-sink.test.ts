import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { CannotWriteError } from '../../src/errors.js';
import { openSink } from '../../src/output/file.js';
import { stdoutSink } from '../../src/output/stdout.js';

describe('stdoutSink', () => {
  it('waits for a slow reader, and writes nothing before commit', async () => {
    const stdout = new PassThrough();
    const sink = await stdoutSink(stdout);
    await sink.write('x'.repeat(9_000_000));
    await sink.write('end');
    expect(stdout.readableLength + stdout.writableLength).toBe(0);
    const committed = sink.commit().then(() => stdout.end());
    expect((await text(stdout)) === `${'x'.repeat(9_000_000)}end`).toBe(true);
    await committed;
  });

  it('ends a commit that nobody reads when abandoned', async () => {
    const sink = await stdoutSink(new Writable({ write() {} }));
    await sink.write('x');
    const committed = expect(sink.commit()).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await sink.abandon();
    await sink.abandon();
    await committed;
  });

  it('writes nothing when abandoned', async () => {
    const stdout = new PassThrough();
    const sink = await stdoutSink(stdout);
    await sink.write('x');
    await sink.abandon();
    expect(stdout.readableLength).toBe(0);
  });

  it('adds one listener to stdout, however many sinks there are', async () => {
    const stdout = new PassThrough();
    for (let index = 0; index < 3; index++) await stdoutSink(stdout);
    expect(stdout.listenerCount('error')).toBe(1);
  });
});

describe('with stream', () => {
  it('writes at once', async () => {
    const stdout = new PassThrough();
    const sink = await stdoutSink(stdout, { stream: true });
    await sink.write('a');
    expect(stdout.read()?.toString()).toBe('a');
  });

  it('can restart before the first byte, and not after it', async () => {
    const sink = await stdoutSink(new PassThrough(), { stream: true });
    await sink.restart();
    await sink.write('a');
    await expect(sink.restart()).rejects.toThrow(CannotWriteError);
    await expect(sink.restart()).rejects.toThrow(/--stream already wrote part of it/);
  });
});

describe('openSink', () => {
  it.each([undefined, '-', '/dev/stdout', '/dev/fd/1'])('%s is stdout', async (output) => {
    const stdout = new PassThrough();
    const sink = await openSink(output, stdout);
    await sink.write('x');
    await sink.commit();
    expect(stdout.read()?.toString()).toBe('x');
  });
});

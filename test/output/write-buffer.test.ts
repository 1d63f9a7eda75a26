import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWriteBuffer } from '../../src/output/writer.js';

async function collect(batch?: number) {
  const delivered: Uint8Array[] = [];
  const deliver = (bytes: Uint8Array): void => {
    delivered.push(bytes);
  };
  const buffer = await createWriteBuffer(deliver, { digest: true }, batch);
  return { buffer, delivered };
}

const chunk = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0xd7ff, max: 0xe000 })).map((units) => String.fromCharCode(...units)),
);

describe('createWriteBuffer', () => {
  it('gives the bytes and digest of the whole text, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chunk), fc.integer({ min: 1, max: 9 }), async (chunks, batch) => {
        const { buffer, delivered } = await collect(batch);
        for (const text of chunks) await buffer.write(text);
        await buffer.flush();
        const whole = Buffer.from(chunks.join(''));
        expect(Buffer.concat(delivered)).toEqual(whole);
        expect(buffer.digest()).toBe(createHash('sha256').update(whole).digest('hex'));
      }),
    );
  });

  it('keeps text and bytes in order', async () => {
    const { buffer, delivered } = await collect();
    await buffer.write('a');
    await buffer.write(new Uint8Array([0x62]));
    await buffer.write('c');
    await buffer.flush();
    expect(Buffer.concat(delivered).toString()).toBe('abc');
  });

  it('hands on nothing smaller than 64 KiB before the end', async () => {
    const { buffer, delivered } = await collect();
    for (let index = 0; index < 10_000; index++) await buffer.write(`${index} ééé\n`);
    expect(delivered.length).toBeGreaterThan(0);
    expect(Math.min(...delivered.map((bytes) => bytes.length))).toBeGreaterThanOrEqual(64 * 1024);
  });

  it('forgets text, bytes and digest on restart', async () => {
    const { buffer, delivered } = await collect();
    await buffer.write(new Uint8Array([1, 2]));
    await buffer.write('lost\ud83d');
    buffer.restart();
    await buffer.write('kept');
    await buffer.flush();
    expect(Buffer.concat(delivered).toString()).toBe('kept');
    expect(buffer.digest()).toBe(createHash('sha256').update('kept').digest('hex'));
  });

  it('has no digest unless asked', async () => {
    const buffer = await createWriteBuffer(() => {}, {});
    expect(buffer.digest()).toBeUndefined();
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIntake } from '../../src/output/writer.js';

async function collect(batch?: number) {
  const delivered: Uint8Array[] = [];
  const deliver = (bytes: Uint8Array): void => {
    delivered.push(bytes);
  };
  const intake = await createIntake(deliver, { digest: true }, batch);
  return { intake, delivered };
}

const chunk = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0xd7ff, max: 0xe000 })).map((units) => String.fromCharCode(...units)),
);

describe('createIntake', () => {
  it('gives the bytes and digest of the whole text, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(chunk), fc.integer({ min: 1, max: 9 }), async (chunks, batch) => {
        const { intake, delivered } = await collect(batch);
        for (const text of chunks) await intake.write(text);
        await intake.flush();
        const whole = Buffer.from(chunks.join(''));
        expect(Buffer.concat(delivered)).toEqual(whole);
        expect(intake.digest()).toBe(createHash('sha256').update(whole).digest('hex'));
      }),
    );
  });

  it('keeps text and bytes in order', async () => {
    const { intake, delivered } = await collect();
    await intake.write('a');
    await intake.write(new Uint8Array([0x62]));
    await intake.write('c');
    await intake.flush();
    expect(Buffer.concat(delivered).toString()).toBe('abc');
  });

  it('hands on nothing smaller than 64 KiB before the end', async () => {
    const { intake, delivered } = await collect();
    for (let index = 0; index < 10_000; index++) await intake.write(`${index} ééé\n`);
    expect(delivered.length).toBeGreaterThan(0);
    expect(Math.min(...delivered.map((bytes) => bytes.length))).toBeGreaterThanOrEqual(64 * 1024);
  });

  it('forgets text, bytes and digest on restart', async () => {
    const { intake, delivered } = await collect();
    await intake.write(new Uint8Array([1, 2]));
    await intake.write('lost\ud83d');
    intake.restart();
    await intake.write('kept');
    await intake.flush();
    expect(Buffer.concat(delivered).toString()).toBe('kept');
    expect(intake.digest()).toBe(createHash('sha256').update('kept').digest('hex'));
  });

  it('has no digest unless asked', async () => {
    const intake = await createIntake(() => {}, {});
    expect(intake.digest()).toBeUndefined();
  });
});

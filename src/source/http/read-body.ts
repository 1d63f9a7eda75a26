/**
 * Hands the bytes of a body to `consume` and returns its result. A body that breaks off, or is longer than
 * `limit` bytes, fails the whole however `consume` took it: wrapped, or not noticed at all. The connection
 * is released in the end, also when `consume` stops early.
 */
export async function readBody<T>(
  body: ReadableStream<Uint8Array>,
  limit: number,
  tooLong: () => Error,
  consume: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const reader = body.getReader();
  let broken: { error: unknown } | undefined;
  let length = 0;

  async function* readBytes(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        length += chunk.value.length;
        if (length > limit) throw tooLong();
        yield chunk.value;
      }
    } catch (error) {
      broken = { error };
      throw error;
    }
  }

  try {
    const result = await consume(readBytes());
    if (broken !== undefined) throw broken.error;
    return result;
  } catch (error) {
    throw broken === undefined ? error : broken.error;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The bytes in one piece. */
export async function collectBytes(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const MOST_BYTES = 64 * 1024;
const LONGEST = 100;

/**
 * Reads a short body to its end, so that its connection can be used again, and gives a long or slow one up
 * with its connection. Never throws: what the status said stands.
 */
export async function discardBody({ body }: Response): Promise<void> {
  if (body === null) return;
  const reader = body.getReader();
  const giveUp = () => reader.cancel().catch(() => {});
  const timer = setTimeout(giveUp, LONGEST);
  let left = MOST_BYTES;
  try {
    for (let chunk = await reader.read(); !chunk.done && left > 0; chunk = await reader.read()) {
      left -= chunk.value.length;
    }
  } catch {
    // A body that breaks off has been given up by the other side.
  } finally {
    clearTimeout(timer);
    await giveUp();
  }
}

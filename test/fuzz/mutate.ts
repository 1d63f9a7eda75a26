/** Numbers from 0 up to `below`, the same ones for the same seed. */
export type Random = (below: number) => number;

/** mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const LONGEST = 4096;

/** One to eight small changes to a seed: what a transfer, an editor or an attacker does to a document. */
export function mutate(seeds: readonly Buffer[], tokens: readonly string[], random: Random): Buffer {
  const pick = <Item>(items: readonly Item[], fallback: Item): Item =>
    items[random(items.length)] ?? fallback;
  let bytes = Buffer.from(pick(seeds, Buffer.alloc(0)));
  for (let change = random(8); change >= 0; change--) {
    const at = random(bytes.length + 1);
    const end = Math.min(bytes.length, at + random(16));
    switch (random(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = random(256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(tokens, '')), bytes.subarray(at)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(tokens, '')), bytes.subarray(end)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
        break;
      default: {
        const other = pick(seeds, bytes);
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random(other.length + 1))]);
      }
    }
  }
  return bytes.subarray(0, LONGEST);
}

/** The bytes in pieces, as a network cuts them. */
export async function* inPieces(bytes: Buffer, random: Random): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const piece = Buffer.from(bytes.subarray(at, at + 1 + random(40)));
    at += piece.length;
    yield piece;
  }
}

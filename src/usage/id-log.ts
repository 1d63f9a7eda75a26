/**
 * Keeps a strictly monotonic sequence of integers as run lengths of equal steps: nothing grows while ids come
 * one after the other, and about two bytes an id where the gaps vary.
 */
export function createIdLog(first: number) {
  let bytes = new Uint8Array(256);
  let length = 0;
  let last = first;
  let step = 0;
  let repeats = 0;

  function append(id: number): void {
    const next = id - last;
    last = id;
    if (next === step) {
      repeats++;
      return;
    }
    flush();
    step = next;
    repeats = 1;
  }

  function flush(): void {
    if (repeats === 0) return;
    writeNumber(Math.abs(step));
    writeNumber(repeats);
  }

  /** Seven bits a byte, lowest first; the eighth says that more follow. */
  function writeNumber(value: number): void {
    if (length + 10 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) | 128;
    bytes[length++] = rest;
  }

  /** All ids so far, in order. Nothing may be appended afterwards. */
  function* ids(): Generator<number> {
    const sign = step < 0 ? -1 : 1;
    flush();
    let at = 0;
    const readNumber = () => {
      let value = 0;
      let scale = 1;
      let byte: number;
      do {
        byte = bytes[at++] ?? 0;
        value += (byte & 127) * scale;
        scale *= 128;
      } while (byte >= 128);
      return value;
    };
    let id = first;
    yield id;
    while (at < length) {
      const gap = sign * readNumber();
      for (let count = readNumber(); count > 0; count--) {
        id += gap;
        yield id;
      }
    }
  }

  return { append, ids, last: () => last };
}

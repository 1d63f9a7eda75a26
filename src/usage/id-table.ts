/** 16 bytes a slot with values, 8 without; between 43 % and 85 % of the slots are in use. */
const FULLEST = 0.85;
const EMPTY = Number.NaN;

/**
 * A hash table from ids (safe integers) to numbers, in typed arrays with open addressing: a `Map` would take
 * several times the memory, and millions of ids are normal.
 */
export function createIdTable(withValues: boolean) {
  let capacity = 1024;
  let used = 0;
  let keys = new Float64Array(capacity).fill(EMPTY);
  let values = new Float64Array(withValues ? capacity : 0);

  /** Where `id` is, or where it belongs. */
  function slotOf(id: number): number {
    const mask = capacity - 1;
    let slot = mixed(id) & mask;
    while (keys[slot] !== id && !Number.isNaN(keys[slot])) slot = (slot + 1) & mask;
    return slot;
  }

  function grow(): void {
    const [oldKeys, oldValues] = [keys, values];
    capacity *= 2;
    keys = new Float64Array(capacity).fill(EMPTY);
    values = new Float64Array(withValues ? capacity : 0);
    for (const [index, id] of oldKeys.entries()) {
      if (Number.isNaN(id)) continue;
      const slot = slotOf(id);
      keys[slot] = id;
      if (withValues) values[slot] = oldValues[index] ?? 0;
    }
  }

  return {
    /** The value of `id` (0 without values); undefined when it is not there. */
    get(id: number): number | undefined {
      const slot = slotOf(id);
      if (keys[slot] !== id) return undefined;
      return withValues ? values[slot] : 0;
    },
    /** Adds `id` with its value unless it is there. Undefined when added; otherwise the value it has (0 without values). */
    addOrGet(id: number, value = 0): number | undefined {
      const slot = slotOf(id);
      if (keys[slot] === id) return withValues ? values[slot] : 0;
      keys[slot] = id;
      if (withValues) values[slot] = value;
      if (++used > capacity * FULLEST) grow();
      return undefined;
    },
  };
}

/** Spreads the bits of an integer (MurmurHash3's finaliser), so that ids with a common step do not collide. */
function mixed(id: number): number {
  let hash = (id | 0) ^ Math.imul(Math.floor(id / 4_294_967_296), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

import type Keyv from 'keyv';
import { LRUCache } from 'lru-cache';
import type { TextCache } from './report-cache.js';

/** Characters kept in memory, keys included. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** A cache in this process; the least recently used goes first. */
export function memoryCache(): TextCache {
  const texts = new LRUCache<string, string>({
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  return {
    get: async (key) => texts.get(key),
    async set(key, text, ttl) {
      texts.set(key, text, { ttl });
    },
  };
}

/**
 * What `keyv` keeps, as a cache that never throws: while its store fails, upstream answers instead.
 * @param onFailure told of each failure
 */
export function keyvCache(keyv: Keyv, onFailure: (error: unknown) => void): TextCache {
  // A listener there must be; the call that met the failure tells of it.
  keyv.on('error', () => {});
  return {
    async get(key) {
      try {
        const kept: unknown = await keyv.get(key);
        return typeof kept === 'string' ? kept : undefined;
      } catch (error) {
        onFailure(error);
        return undefined;
      }
    },
    async set(key, text, ttl) {
      try {
        await keyv.set(key, text, ttl);
      } catch (error) {
        onFailure(error);
      }
    },
  };
}

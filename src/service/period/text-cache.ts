import Keyv from 'keyv';
import { LRUCache } from 'lru-cache';
import type { TextCache } from './report-cache.js';

/** Characters kept in memory, keys included. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** A cache in this process; the least recently used goes first. */
export function memoryCache(): TextCache {
  const store = new LRUCache<string, string>({
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  return keyvCache(new Keyv({ store }), () => {});
}

/**
 * What `keyv` keeps, as a cache that never throws: a store that fails is asked in vain, and upstream answers.
 * @param onFailure told of each failure
 */
export function keyvCache(keyv: Keyv, onFailure: (error: unknown) => void): TextCache {
  keyv.on('error', () => {
    // Told to onFailure by the call that met it; without a listener Keyv throws it a second time.
  });
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

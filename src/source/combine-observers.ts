import type { SourceObserver } from './source.js';

/** Tells all of `observers`. */
export function combineObservers(...observers: readonly SourceObserver[]): SourceObserver {
  return {
    retry(event) {
      for (const observer of observers) observer.retry?.(event);
    },
    exchange(event) {
      for (const observer of observers) observer.exchange?.(event);
    },
  };
}

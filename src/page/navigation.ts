import { formatView, parseView } from './state-url.js';
import type { View } from './view.js';

/**
 * How a change enters the history: `push` so that Back undoes it, `replace` for the next letter of a word that
 * is being typed.
 */
export type Change = 'push' | 'replace';

export interface Navigation {
  view(): View;
  /** Changes the address; the caller draws. A view that is there already leaves the history as it is. */
  go(view: View, change: Change): void;
  /** Calls `draw` after Back, Forward, or an address edited by hand. */
  onMove(draw: () => void): void;
}

export function navigateByFragment(): Navigation {
  let current = parseView(location.hash);
  return {
    view: () => current,
    go(view, change) {
      const before = formatView(current);
      current = view;
      if (formatView(view) !== before) enter(location.pathname + location.search + formatView(view), change);
    },
    onMove(draw) {
      addEventListener('popstate', () => {
        current = parseView(location.hash);
        draw();
      });
    },
  };
}

/** A browser refuses addresses that change too often (Safari: 100 in 30 s). The page then goes on without. */
function enter(address: string, change: Change): void {
  try {
    if (change === 'push') history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'SecurityError')) throw error;
  }
}

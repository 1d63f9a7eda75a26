/** The page without a bill, built from src/page. */
export interface PageShell {
  /** Up to where the data goes. */
  readonly head: string;
  /** From there on: the script that reads the data, and the end. */
  readonly tail: string;
  /** The page's Content-Security-Policy, for whoever sends it as a header too. */
  readonly policy: string;
}

/** Loads the page, some 60 kB, only when one is written. */
export async function loadPageShell(): Promise<PageShell> {
  const { shell } = await import('./page-shell.generated.js');
  return shell;
}

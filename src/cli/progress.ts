import type { Run } from './host.js';

/** What a run tells a person while it works. */
export interface Progress {
  update(text: string): void;
  /** Takes the spinner away; call it before anything else is written. Safe to call twice. */
  stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };

/** Milliseconds before a spinner appears: what is over sooner needs none, and ora need not be loaded for it. */
const PATIENCE = 300;

/** A spinner on stderr, only where a person sees it: on a terminal, without `--quiet`, outside CI. */
export function startProgress({ host }: Run, quiet: boolean): Progress {
  const inCi = host.env.CI !== undefined && !['', '0', 'false'].includes(host.env.CI);
  // A terminal that does not tell its width makes ora clear lines without end.
  if (!host.stderr.isTTY || !host.stderr.columns || quiet || inCi || host.env.TERM === 'dumb') return SILENT;
  let text = 'Reading usage';
  let stopped = false;
  let spinner: { text: string; stop(): unknown } | undefined;
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora');
    if (stopped) return;
    // With discardStdin, ora swallows Ctrl-C; the terminal's own SIGINT must reach us.
    spinner = ora({ text, stream: host.stderr, discardStdin: false }).start();
  }, PATIENCE);
  timer.unref();

  return {
    update(next) {
      text = next;
      if (spinner !== undefined) spinner.text = next;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      spinner?.stop();
      spinner = undefined;
    },
  };
}

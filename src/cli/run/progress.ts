import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { SourceObserver } from '../../source/source.js';
import type { Context, Output } from '../process/host.js';
import { describeProgress, type ProgressState } from './progress-text.js';

/** What a person sees of a run while it works. */
export interface Progress {
  /** Sees the requests for the messages and reports. */
  readonly observer: SourceObserver;
  /** Says how many messages were read, and how many reports answered and are still waited for. */
  watch(counts: () => ProgressState['counts']): void;
  /** Takes the spinner away; call it before anything else is written. Safe to call twice. */
  stop(): void;
}

export interface ProgressChoice {
  readonly quiet: boolean;
  /** Rows go to stdout while they are read. */
  readonly streams: boolean;
  /** Requests made again at the most. */
  readonly retries: number;
}

const SILENT: Progress = { observer: {}, watch: () => {}, stop: () => {} };

/** Milliseconds before a spinner appears: what is over sooner needs none, and ora need not be loaded for it. */
const PATIENCE = 300;

/** Columns of the spinner itself, and one that stays free so that no terminal wraps. */
const SPINNER = 3;

/** Milliseconds between two texts. */
const REFRESH = 250;

/** A spinner on stderr, only where a person sees it: on a terminal, without `--quiet`, outside CI. */
export function startProgress({ host }: Context, choice: ProgressChoice): Progress {
  const inCi = host.env.CI !== undefined && !['', '0', 'false'].includes(host.env.CI);
  // A terminal that does not tell its width makes ora clear lines without end.
  const { isTTY, columns } = host.stderr;
  if (!isTTY || !columns || choice.quiet || inCi || host.env.TERM === 'dumb') return SILENT;
  // A pager or filter shows the rows on this very terminal while they come.
  if (choice.streams && (host.stdout.isTTY || isPipe(host.stdout))) return SILENT;

  const state: ProgressState = {
    phase: { name: 'start' },
    counts: { messages: 0, answered: 0, waiting: 0 },
    attempts: choice.retries + 1,
    samples: [],
  };
  let stopped = false;
  let spinner: { text: string; stop(): unknown } | undefined;
  let counts = () => state.counts;
  const text = () => {
    state.counts = counts();
    return cut(describeProgress(state, performance.now()), (host.stderr.columns ?? columns) - SPINNER);
  };
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora');
    if (stopped) return;
    // With discardStdin, ora swallows Ctrl-C; the terminal's own SIGINT must reach us.
    spinner = ora({ text: text(), stream: host.stderr, discardStdin: false }).start();
  }, PATIENCE);
  const refresh = setInterval(() => {
    if (spinner !== undefined) spinner.text = text();
  }, REFRESH);
  timer.unref();
  refresh.unref();

  return {
    observer: observe(state),
    watch(count) {
      counts = count;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(refresh);
      spinner?.stop();
      spinner = undefined;
    },
  };
}

function observe(state: ProgressState): SourceObserver {
  let messagesUrl: string | undefined;
  return {
    retry({ url, reason, attempt, delay }) {
      const pause = { url, reason, attempt: attempt + 1, until: performance.now() + delay };
      if (url === messagesUrl) state.phase = { name: 'pause', ...pause };
      else state.report = pause;
    },
    exchange({ document, url, attempt }) {
      if (document === 'report') {
        return { end: () => void (state.report?.url === url && delete state.report) };
      }
      messagesUrl = url;
      state.phase = { name: 'wait', url, attempt, since: performance.now() };
      state.samples = [];
      return {
        answered(transfer) {
          state.phase = { name: 'read', transfer };
        },
        end() {
          state.phase = { name: 'done', since: performance.now() };
        },
      };
    },
  };
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function isPipe({ fd }: Output): boolean {
  if (fd === undefined || isatty(fd)) return false;
  const stats = fstatSync(fd);
  return stats.isFIFO() || stats.isSocket();
}

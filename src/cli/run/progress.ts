import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { SourceObserver, Transfer } from '../../source/source.js';
import type { Context, Output } from '../process/host.js';

export interface Progress {
  /** Sees the requests for the messages and reports. */
  readonly observer: SourceObserver;
  /** Says how many messages were read, and how many reports answered and are still waited for. */
  watch(counts: () => ProgressState['counts']): void;
  /** Takes the spinner away; call it before anything else is written. Safe to call twice. */
  stop(): void;
}

const SILENT: Progress = { observer: {}, watch: () => {}, stop: () => {} };

/** Milliseconds before a spinner appears: what is over sooner needs none, and ora need not be loaded for it. */
const PATIENCE = 300;

/** Columns of the spinner itself, and one that stays free so that no terminal wraps. */
const SPINNER = 3;

/** Milliseconds between two texts. */
const REFRESH = 250;

/** A spinner on stderr, only where a person sees it: on a terminal, without `--quiet`, outside CI. */
export function startProgress(
  { host }: Context,
  choice: {
    readonly quiet: boolean;
    /** Rows go to stdout while they are read. */
    readonly streams: boolean;
    readonly color: boolean;
    /** Requests made again at the most. */
    readonly retries: number;
  },
): Progress {
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
    const color = choice.color && 'cyan';
    spinner = ora({ text: text(), color, stream: host.stderr, discardStdin: false }).start();
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

/** What is known of a run under way. Times are milliseconds of `performance.now()`. */
export interface ProgressState {
  /** Of the messages document. `start` also where a source reports nothing, such as a file. */
  phase:
    | { readonly name: 'start' }
    | { readonly name: 'wait'; readonly url: string; readonly attempt: number; readonly since: number }
    | ({ readonly name: 'pause' } & Pause)
    | { readonly name: 'read'; readonly transfer: Transfer }
    | { readonly name: 'done'; readonly since: number };
  /** A report that is requested again. */
  report?: Pause;
  counts: { readonly messages: number; readonly answered: number; readonly waiting: number };
  /** Requests for a document at the most. */
  readonly attempts: number;
  /** The latest figures, from which a rate follows. */
  samples: Sample[];
  /** The latest figures that differ from those before, and when they came. */
  changed?: { readonly figures: string; readonly at: number };
}

interface Pause {
  readonly url: string;
  readonly reason: string;
  /** The number of the request to come. */
  readonly attempt: number;
  readonly until: number;
}

interface Sample {
  readonly at: number;
  readonly messages: number;
  readonly bytes: number;
}

/** Milliseconds that a rate looks back, and the least that make one. */
const WINDOW = 5000;
const LEAST = 750;

/** Milliseconds without a byte after which that is worth saying. */
const SILENCE = 3000;

/** One line of what a run does: how far it is, or what it waits for. Records a sample of `state` at each call. */
export function describeProgress(state: ProgressState, now: number): string {
  const { phase, attempts } = state;
  switch (phase.name) {
    case 'wait':
      return `Waiting ${seconds(now - phase.since)}, attempt ${phase.attempt} of ${attempts}: ${phase.url}`;
    case 'pause':
      return `Waiting ${pauseOf(phase, attempts, now)}`;
    case 'done':
      if (state.counts.waiting > 0)
        return `Waiting ${seconds(now - phase.since)} for reports: ${reportsOf(state, now)}`;
      return `Working on ${count(state.counts.messages)} messages: ${seconds(now - phase.since)}`;
    default:
      return `Reading usage: ${join(reading(state, now), reportsOf(state, now))}`;
  }
}

function reading(state: ProgressState, now: number): string {
  const { phase, counts, samples } = state;
  const transfer = phase.name === 'read' ? phase.transfer : undefined;
  const sample = { at: now, messages: counts.messages, bytes: transfer?.received ?? 0 };
  samples.push(sample);
  while (samples.length > 2 && (samples[1]?.at ?? now) <= now - WINDOW) samples.shift();
  const first = samples[0];
  const span = first === undefined ? 0 : now - first.at;
  const rate = (value: (sample: Sample) => number) =>
    first === undefined || span < LEAST ? undefined : ((value(sample) - value(first)) / span) * 1000;
  const messages = `${count(counts.messages)} messages`;
  const silent = silenceOf(state, sample);
  if (transfer?.length === undefined) {
    const perSecond = rate((sample) => sample.messages);
    return join(messages, perSecond === undefined ? '' : `${count(perSecond)} a second`, silent);
  }
  const { received, length } = transfer;
  if (received >= length) return join(messages, silent);
  const perSecond = rate((sample) => sample.bytes);
  return join(
    `${Math.floor((received / length) * 100)} % of ${bytes(length)}`,
    perSecond === undefined ? '' : `${bytes(perSecond)} a second`,
    perSecond === undefined || perSecond <= 0
      ? ''
      : `${seconds(((length - received) / perSecond) * 1000)} left`,
    messages,
    silent,
  );
}

/** For how long neither the document nor the reports went on, where that is worth saying. */
function silenceOf(state: ProgressState, sample: Sample): string {
  const { counts } = state;
  const figures = `${sample.bytes} ${sample.messages} ${counts.answered}`;
  if (state.changed?.figures !== figures) state.changed = { figures, at: sample.at };
  const span = sample.at - state.changed.at;
  if (span < SILENCE) return '';
  return counts.waiting > 0 ? `waiting ${seconds(span)} for reports` : `nothing new for ${seconds(span)}`;
}

function reportsOf({ counts, report, attempts }: ProgressState, now: number): string {
  const { answered, waiting } = counts;
  const reports = waiting === 0 ? '' : `${count(answered)} of ${count(answered + waiting)} reports`;
  if (report === undefined) return reports;
  return join(reports, pauseOf(report, attempts, now));
}

/** The numbers first: a narrow terminal cuts off the end. */
function pauseOf({ url, reason, attempt, until }: Pause, attempts: number, now: number): string {
  const when = until > now ? ` in ${seconds(until - now)}` : '';
  return `for attempt ${attempt} of ${attempts}${when}: ${reason}, ${url}`;
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function bytes(value: number): string {
  if (value < 1e6) return `${(value / 1e3).toFixed(0)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

function seconds(milliseconds: number): string {
  const whole = Math.max(0, Math.ceil(milliseconds / 1000));
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

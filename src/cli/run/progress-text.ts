import type { Transfer } from '../../source/source.js';

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
  /** The first of the samples that are all the same as the latest. */
  changed?: Sample;
}

/** A request failed and is made again. */
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
  readonly reports: number;
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
  const { messages: read, answered: reports } = counts;
  const sample: Sample = { at: now, messages: read, bytes: transfer?.received ?? 0, reports };
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
  const { counts, changed } = state;
  const isNew =
    changed === undefined ||
    changed.bytes !== sample.bytes ||
    changed.messages !== sample.messages ||
    changed.reports !== sample.reports;
  if (isNew) state.changed = sample;
  const span = isNew ? 0 : sample.at - changed.at;
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

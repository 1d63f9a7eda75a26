import { describe, expect, test } from 'vitest';
import { describeProgress, type ProgressState } from '../../src/cli/run/progress.js';

const URL = 'http://127.0.0.1:80/messages/current-period';
const KIND = 'fault D6 (progress says how far, how fast, what for)';

function newState(more: Partial<ProgressState> = {}): ProgressState {
  return {
    phase: { name: 'start' },
    counts: { messages: 0, answered: 0, waiting: 0 },
    attempts: 4,
    samples: [],
    ...more,
  };
}

describe('while it waits', () => {
  test(`${KIND}: for what, how long, which attempt`, () => {
    const state = newState({ phase: { name: 'wait', url: URL, attempt: 2, since: 1000 } });
    expect(describeProgress(state, 13_000)).toBe(`Waiting 12 s, attempt 2 of 4: ${URL}`);
    expect(describeProgress(state, 200_000)).toBe(`Waiting 3 min 19 s, attempt 2 of 4: ${URL}`);
  });

  test(`${KIND}: why it asks again, and when`, () => {
    const pause = { url: URL, reason: 'the server answered with status 503', attempt: 3, until: 5000 };
    const state = newState({ phase: { name: 'pause', ...pause } });
    expect(describeProgress(state, 1200)).toBe(
      `Waiting for attempt 3 of 4 in 4 s: the server answered with status 503, ${URL}`,
    );
    const report = newState({ report: { ...pause, url: 'http://x/reports/5' }, phase: { name: 'start' } });
    report.counts = { messages: 10, answered: 1, waiting: 2 };
    expect(describeProgress(report, 6000)).toBe(
      'Reading usage: 10 messages, 1 of 3 reports, for attempt 3 of 4: the server answered with status 503, http://x/reports/5',
    );
  });

  test(`${KIND}: how many reports are waited for, and how long nothing came`, () => {
    const state = newState({ phase: { name: 'read', transfer: { length: 500, received: 500 } } });
    state.counts = { messages: 60_000, answered: 4, waiting: 5 };
    expect(describeProgress(state, 0)).toBe('Reading usage: 60,000 messages, 4 of 9 reports');
    for (let at = 250; at < 20_000; at += 250) describeProgress(state, at);
    expect(describeProgress(state, 20_000)).toBe(
      'Reading usage: 60,000 messages, waiting 20 s for reports, 4 of 9 reports',
    );
  });
});

describe('while it reads', () => {
  /** Texts at each quarter of a second while `received` and messages grow by as much each time. */
  function read(length: number | undefined, bytes: number, messages: number, times: number): string[] {
    let received = 0;
    const state = newState();
    return Array.from({ length: times }, (_, index) => {
      received += bytes;
      state.phase = { name: 'read', transfer: { length, received } };
      state.counts = { messages: (index + 1) * messages, answered: 0, waiting: 0 };
      return describeProgress(state, index * 250);
    });
  }

  test(`${KIND}: percent, rate and time left with a Content-Length`, () => {
    const texts = read(100_000_000, 1_000_000, 5000, 80);
    expect(texts[0]).toBe('Reading usage: 1 % of 100.0 MB, 5,000 messages');
    expect(texts[39]).toBe('Reading usage: 40 % of 100.0 MB, 4.0 MB a second, 15 s left, 200,000 messages');
  });

  test(`${KIND}: count and rate without one`, () => {
    expect(read(undefined, 1000, 5000, 80)[39]).toBe('Reading usage: 200,000 messages, 20,000 a second');
  });

  test(`${KIND}: the rate is that of the last seconds`, () => {
    const state = newState();
    for (let at = 0; at <= 60_000; at += 250) {
      state.counts = {
        messages: at < 30_000 ? at * 100 : 3_000_000 + (at - 30_000),
        answered: 0,
        waiting: 0,
      };
      if (at === 60_000) break;
      describeProgress(state, at);
    }
    expect(describeProgress(state, 60_000)).toContain('1,000 a second');
    expect(state.samples.length).toBeLessThan(30);
  });

  test(`${KIND}: a source that stops says nothing new`, () => {
    const state = newState({ phase: { name: 'read', transfer: { length: 1000, received: 300 } } });
    state.counts = { messages: 3, answered: 0, waiting: 0 };
    for (let at = 0; at < 12_000; at += 250) describeProgress(state, at);
    expect(describeProgress(state, 12_000)).toBe(
      'Reading usage: 30 % of 1 kB, 0 kB a second, 3 messages, nothing new for 12 s',
    );
  });
});

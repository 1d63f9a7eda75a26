import type { Message } from '../../document/records.js';
import type { Usage } from '../../open-usage.js';
import type { SourceObserver, Validators } from '../../source/source.js';
import type { MemoryBudget } from '../shared/memory-budget.js';
import { Refusal } from '../shared/problem.js';
import type { ServiceOptions } from '../shared/service-options.js';
import { Jobs, SharedWork, takeTurns } from '../shared/work.js';
import type { Metrics } from '../telemetry/metrics.js';
import { PeriodDocument } from './period-document.js';
import { PricedRows } from './priced-rows.js';

interface Load {
  readonly key: string;
  readonly sentAt: number;
}

/**
 * The messages document of the period, read and priced at most once per `ttl`, however many requests want it. A
 * request gets a document that was requested from upstream at most `ttl` before the request came, or later. Only a document
 * that was read whole is cached or revalidated; a failure is an error for those who wait, and never hidden behind the last one.
 */
export class DocumentStore {
  private readonly jobs: Jobs;
  private readonly loads = new SharedWork<PeriodDocument>();
  private current: PeriodDocument | undefined;
  private loading: Load | undefined;
  private count = 0;
  /** Of the load begun last that has ended. */
  private outcome = { sentAt: Number.NEGATIVE_INFINITY, failed: false };
  private succeededAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly options: ServiceOptions,
    private readonly budget: MemoryBudget,
    private readonly metrics: Metrics,
    private readonly observer: SourceObserver,
  ) {
    // Counted by themselves: the one answer that --max-jobs 1 allows needs a document.
    this.jobs = new Jobs(options.maxJobs);
    budget.addCache(() => this.dropExpired(this.current));
  }

  /** The document that a request which came at `arrival` may see, where there is one already. */
  find(arrival: number): PeriodDocument | undefined {
    const { current } = this;
    return current !== undefined && this.isFresh(current, arrival) ? current : undefined;
  }

  /**
   * Hands `use` a document that stays open until it has ended.
   *
   * @param arrival `performance.now()` when the request came
   * @param signal of the request
   * @throws what the source and `use` throw, DataError, Refusal (503), and the signal's reason
   */
  async read<Result>(
    arrival: number,
    signal: AbortSignal,
    use: (document: PeriodDocument) => Promise<Result>,
  ): Promise<Result> {
    const known = this.find(arrival);
    if (known !== undefined) this.metrics.lookedUp('messages', 'hit');
    const document = known ?? (await this.load(arrival, signal));
    const release = document.acquire();
    try {
      return await use(document);
    } finally {
      release();
    }
  }

  /** Milliseconds since upstream last gave the document or called it unchanged, and whether it has failed since. */
  state(): { readonly age: number; readonly failed: boolean } {
    return { age: performance.now() - this.succeededAt, failed: this.outcome.failed };
  }

  close(): void {
    this.current?.retire();
    this.current = undefined;
  }

  private isFresh({ sentAt }: { readonly sentAt: number }, arrival: number): boolean {
    return arrival < sentAt + this.options.messagesTtl;
  }

  private load(arrival: number, signal: AbortSignal): Promise<PeriodDocument> {
    let { loading } = this;
    if (loading === undefined || !this.isFresh(loading, arrival)) {
      // Before anything is sent, so that no later moment passes for it.
      const sentAt = performance.now();
      loading = { key: `document ${++this.count}`, sentAt };
      this.loading = loading;
    }
    const { key, sentAt } = loading;
    return this.loads.run(key, signal, (workSignal) => this.loadOnce(key, sentAt, workSignal));
  }

  private async loadOnce(key: string, sentAt: number, signal: AbortSignal): Promise<PeriodDocument> {
    try {
      const leave = this.jobs.enter(key);
      try {
        const document = await this.request(sentAt, signal);
        this.succeededAt = performance.now();
        this.note(sentAt, false);
        return document;
      } finally {
        leave();
      }
    } catch (error) {
      // That nobody waits any more, or that there is not enough memory, says nothing about upstream.
      if (!signal.aborted && !(error instanceof Refusal)) this.note(sentAt, true);
      throw error;
    } finally {
      if (this.loading?.key === key) this.loading = undefined;
    }
  }

  private note(sentAt: number, failed: boolean): void {
    if (sentAt >= this.outcome.sentAt) this.outcome = { sentAt, failed };
  }

  private async request(sentAt: number, signal: AbortSignal): Promise<PeriodDocument> {
    const known = this.current;
    const release = known?.acquire();
    const { observer, metrics } = this;
    const usage = await this.options.openUsage({ observer, signal, onBatch: metrics.read });
    let document: PeriodDocument | undefined;
    try {
      document = await usage.readMessages((batches, validators) => {
        this.dropExpired(known);
        return this.build(batches, validators, sentAt, usage, signal);
      }, known && { validators: known.validators, result: known });
      metrics.lookedUp('messages', document === known ? 'unchanged' : 'loaded');
      this.install(document, sentAt);
      return document;
    } finally {
      if (document?.usage !== usage) await usage.close();
      release?.();
    }
  }

  /** Its time is over and a new one arrives: its memory may be needed. */
  private dropExpired(known: PeriodDocument | undefined): boolean {
    if (known === undefined || known !== this.current || this.isFresh(known, performance.now())) return false;
    this.current = undefined;
    known.retire();
    return true;
  }

  /** Makes it the current one, unless another was requested later. */
  private install(document: PeriodDocument, sentAt: number): void {
    document.sentAt = Math.max(document.sentAt, sentAt);
    // Until those who wait for it have references of their own, which they take before the next turn.
    setImmediate(document.acquire());
    const { current } = this;
    if (current === document) return;
    if (document.isRetired || (current !== undefined && current.sentAt > sentAt)) {
      document.retire();
      return;
    }
    this.current = document;
    current?.retire();
  }

  private async build(
    batches: AsyncIterable<Message[]>,
    validators: Validators,
    sentAt: number,
    usage: Usage,
    signal: AbortSignal,
  ): Promise<PeriodDocument> {
    const account = this.budget.openAccount();
    const rows = new PricedRows(usage.priceByText, account);
    try {
      for await (const messages of batches) {
        rows.add(messages);
        await takeTurns(signal);
      }
      rows.end();
      const local = this.options.isLocal ? usage : undefined;
      const { messages } = usage.progress();
      return new PeriodDocument(++this.count, rows, messages, validators, sentAt, local, account);
    } catch (error) {
      rows.close();
      account.close();
      throw error;
    }
  }
}

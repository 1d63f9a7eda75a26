import { Refusal } from './problem.js';

/** What the service refuses while it has no memory left: the client may ask again shortly. */
export function overloaded(detail: string): Refusal {
  return new Refusal(503, 'overloaded', detail, { 'retry-after': '1' });
}

/**
 * One limit for everything that grows with documents and answers: rows, texts, spools and caches, in memory or in
 * temporary files. Caches give up what they hold before anything is refused.
 */
export class MemoryBudget {
  private used = 0;
  private readonly evictions: (() => boolean)[] = [];

  /** @param limit bytes */
  constructor(readonly limit: number) {}

  /** @param evict drops one entry of a cache; false when it holds nothing */
  addCache(evict: () => boolean): void {
    this.evictions.push(evict);
  }

  /** False where even empty caches leave no memory. */
  tryTake(bytes: number): boolean {
    while (this.used + bytes > this.limit) {
      if (!this.evictions.some((evict) => evict())) return false;
    }
    this.used += bytes;
    return true;
  }

  /** @throws Refusal (503) */
  take(bytes: number): void {
    if (this.tryTake(bytes)) return;
    const limit = Math.floor(this.limit / 2 ** 20);
    throw overloaded(`this would take more memory than --max-memory allows (${limit} MiB)`);
  }

  give(bytes: number): void {
    this.used -= bytes;
  }

  /** Bytes taken now. */
  get taken(): number {
    return this.used;
  }

  openAccount(): MemoryAccount {
    return new MemoryAccount(this);
  }
}

/** What one owner took, given back at once. */
export class MemoryAccount {
  private total = 0;

  constructor(private readonly budget: MemoryBudget) {}

  tryTake(bytes: number): boolean {
    if (!this.budget.tryTake(bytes)) return false;
    this.total += bytes;
    return true;
  }

  /** @throws Refusal (503) */
  take(bytes: number): void {
    this.budget.take(bytes);
    this.total += bytes;
  }

  give(bytes: number): void {
    this.budget.give(bytes);
    this.total -= bytes;
  }

  /** Safe twice. */
  close(): void {
    this.budget.give(this.total);
    this.total = 0;
  }
}

/** What several readers use at once: it closes when it is out of use and nobody reads it. */
export abstract class SharedResource {
  private readers = 0;
  private retired = false;

  /** May be called twice. */
  protected abstract close(): void;

  /** Holds it open until the function returned is called, once or more often. @throws where it has closed */
  acquire(): () => void {
    if (this.retired && this.readers === 0) throw new Error('something was used after it was given up');
    this.readers++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.readers--;
      this.closeIfUnused();
    };
  }

  get isRetired(): boolean {
    return this.retired;
  }

  /** No new readers will come. Safe twice. */
  retire(): void {
    this.retired = true;
    this.closeIfUnused();
  }

  private closeIfUnused(): void {
    if (this.retired && this.readers === 0) this.close();
  }
}

/** What went wrong with one request, before it is known whether another will do better. Never leaves this folder. */
export class Fault extends Error {
  /** For observers: `refused`, `reset`, `cut`, `timeout`, `dns`, `tls`, a status …. */
  readonly outcome: string;
  /** Whether the same request may succeed a moment later. */
  readonly transient: boolean;
  readonly status: number | undefined;
  /** The header as it came. */
  readonly retryAfter: string | undefined;

  /** `reason` is one short line for people, without secrets or control characters. */
  constructor(
    readonly reason: string,
    facts: { outcome: string; transient: boolean; status?: number; retryAfter?: string | undefined },
  ) {
    super(reason);
    this.outcome = facts.outcome;
    this.transient = facts.transient;
    this.status = facts.status;
    this.retryAfter = facts.retryAfter;
  }
}

export function timeoutFault(reason: string): Fault {
  return new Fault(reason, { outcome: 'timeout', transient: true });
}

/** 408, 425, 429 and 5xx may pass; 501 and 505 say that they will not. */
export function statusFault(status: number, reason: string, retryAfter?: string | null): Fault {
  const transient =
    [408, 425, 429].includes(status) || (status >= 500 && status <= 599 && status !== 501 && status !== 505);
  return new Fault(reason, {
    outcome: String(status),
    transient,
    status,
    retryAfter: retryAfter ?? undefined,
  });
}

import type { Tracing } from './open-tracing.js';

/** Does `work` under a span of its own, where there is tracing. */
export async function traceWork<Result>(
  tracing: Tracing | undefined,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  if (tracing === undefined) return work();
  const { result, end } = tracing.enter({ name, kind: 'internal', attributes: {} }, work);
  try {
    return await result;
  } finally {
    end();
  }
}

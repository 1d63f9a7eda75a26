import { createIntake } from './intake.js';
import type { Sink } from './sink.js';

/** A sink that keeps nothing but the digest of what it was given. */
export function digestSink(): Sink {
  const intake = createIntake(() => {}, { digest: true });
  return {
    closed: false,
    write: intake.write,
    digest: intake.digest,
    restart: async () => intake.restart(),
    commit: async () => intake.flush(),
    abandon: async () => {},
  };
}

import { stat } from 'node:fs/promises';
import type { Credentials } from './access.js';
import { type CredentialSettings, credentialFiles, readCredentials } from './read-credentials.js';

/** Milliseconds between two looks at the files: a revoked credential is out within a second. */
const WATCH_INTERVAL = 400;

export interface CredentialEvents {
  /** New credentials were read and are in force. */
  onRenewed(): void;
  /** A file cannot be used: what it said before stays in force. */
  onRefused(error: unknown): void;
}

/**
 * Reads credentials, and reads them again whenever one of their files changes. The files are polled: that works on
 * every file system, and follows the links that Kubernetes and certbot switch over.
 *
 * @throws what `readCredentials` throws
 */
export async function openCredentials(
  settings: CredentialSettings,
  { onRenewed, onRefused }: CredentialEvents,
) {
  const paths = credentialFiles(settings);
  let seen = await fingerprint(paths);
  let current = await readCredentials(settings);
  let listener: (credentials: Credentials) => void = () => {};
  let reading = Promise.resolve();

  async function read(found: string): Promise<void> {
    seen = found;
    let refused = false;
    const refuse = (error: unknown) => {
      refused = true;
      onRefused(error);
    };
    try {
      const next = await readCredentials(settings, { before: current, onRefused: refuse });
      listener(next);
      current = next;
      if (!refused) onRenewed();
    } catch (error) {
      refuse(error);
    }
  }
  async function look(): Promise<void> {
    const found = await fingerprint(paths);
    if (found !== seen) await read(found);
  }
  // One after the other: the last to read must be the last to have begun.
  const next = (step: () => Promise<void>) => {
    reading = reading.then(step);
    return reading;
  };
  const timer = paths.length > 0 ? setInterval(() => next(look), WATCH_INTERVAL).unref() : undefined;
  return {
    current: () => current,
    /** Called with each new set, which is in force once the listener is done. */
    onChange(changed: typeof listener): void {
      listener = changed;
    },
    /** Reads the files again. Never fails: see `onRefused`. */
    reload: () => next(async () => read(await fingerprint(paths))),
    close: () => clearInterval(timer),
  };
}

/** The credentials in force, which follow their files. */
export type LiveCredentials = Awaited<ReturnType<typeof openCredentials>>;

/** Changes whenever a file is written, replaced, removed or linked elsewhere; a pipe changes by being read. */
async function fingerprint(paths: readonly string[]): Promise<string> {
  const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return stats
    .map((stat) =>
      stat === undefined || !stat.isFile()
        ? '-'
        : [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(),
    )
    .join(' ');
}

import type { ClientRequest } from 'node:http';
import { showDuration } from './duration.js';
import { timeoutFault } from './fault.js';

/** Milliseconds. */
export interface RequestTimeouts {
  readonly connectTimeout: number;
  readonly readTimeout: number;
}

/**
 * Ends a request that connects too slowly, goes silent or is no longer wanted. The function returned tells
 * why it was ended: a Fault, the signal's reason, or undefined while it was not.
 */
export function watchRequest(
  outgoing: ClientRequest,
  { connectTimeout, readTimeout }: RequestTimeouts,
  signal: AbortSignal,
): () => unknown {
  let reason: unknown;
  let paused = false;
  const stop = (why: unknown) => {
    reason ??= why;
    outgoing.destroy();
  };
  const abort = () => stop(signal.reason);
  const expectBytes = () => {
    paused = false;
    outgoing.socket?.setTimeout(readTimeout);
  };
  let connecting: NodeJS.Timeout | undefined;

  signal.addEventListener('abort', abort);
  // Emitted when the request went out, so after the connection, the tunnel and TLS are there.
  outgoing.on('finish', () => {
    clearTimeout(connecting);
    expectBytes();
  });
  outgoing.on('response', (incoming) => {
    // A reader that takes its time is not a silent server.
    incoming.on('pause', () => {
      paused = true;
    });
    incoming.on('resume', expectBytes);
  });
  const checkSilence = () => {
    if (!paused) stop(timeoutFault(`no byte for ${showDuration(readTimeout)}`));
  };
  // Not the request's own 'timeout', which comes once and never again.
  outgoing.on('socket', (socket) => {
    // For TLS; the connection has limits of its own.
    const late = () => stop(timeoutFault(`no connection within ${showDuration(connectTimeout)}`));
    if (!outgoing.writableFinished) connecting = setTimeout(late, connectTimeout);
    socket.on('timeout', checkSilence);
    outgoing.on('close', () => socket.off('timeout', checkSilence));
  });
  outgoing.on('close', () => {
    clearTimeout(connecting);
    signal.removeEventListener('abort', abort);
  });
  return () => reason;
}

/** What went wrong with one request, before it is known whether another will do better. Never leaves this folder. */
export class Fault extends Error {
  constructor(
    /** One short line for people, without secrets or control characters. */
    readonly reason: string,
    /** For observers: `refused`, `reset`, `cut`, `timeout`, `dns`, `tls`, a status …. */
    readonly outcome: string,
    /** Whether the same request may succeed a moment later. */
    readonly transient: boolean,
    readonly status?: number,
    /** The header as it came. */
    readonly retryAfter?: string,
  ) {
    super(reason);
  }
}

/** The same request may succeed a moment later. */
export function passing(outcome: string, reason: string): Fault {
  return new Fault(reason, outcome, true);
}

/** The same request would fail again. */
export function lasting(outcome: string, reason: string): Fault {
  return new Fault(reason, outcome, false);
}

/** 408, 425, 429 and 5xx may pass; 501 and 505 say that they will not. */
export function statusFault(status: number, reason: string, retryAfter?: string): Fault {
  const transient =
    [408, 425, 429].includes(status) || (status >= 500 && status <= 599 && status !== 501 && status !== 505);
  return new Fault(reason, String(status), transient, status, retryAfter);
}

const CERTIFICATE =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|INVALID_|HOSTNAME_MISMATCH|PATH_LENGTH_)/;
const UNTRUSTED = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;
const UNREACHABLE = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'];
const OUT_OF_FILES = ['EMFILE', 'ENFILE'];
const BROKEN = ['ECONNRESET', 'EPIPE', 'ECONNABORTED'];

/** Why no answer began. `peer` is the host and port that was called. A Fault passes through. */
export function connectionFault(error: unknown, peer: string): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  if (code === 'ENOTFOUND') return passing('dns', `no such host: ${peer} (${code})`);
  if (code === 'EAI_AGAIN') return passing('dns', `the name of ${peer} cannot be looked up now (${code})`);
  if (code === 'ECONNREFUSED') return passing('refused', `connection refused by ${peer}`);
  if (UNREACHABLE.includes(code)) return passing('unreachable', `${peer} cannot be reached (${code})`);
  if (BROKEN.includes(code)) return passing('reset', `connection to ${peer} was closed before an answer`);
  if (OUT_OF_FILES.includes(code)) return lasting('failed', outOfFilesReason(code, peer));
  if (CERTIFICATE.test(code)) return lasting('tls', certificateReason(code, peer));
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return lasting('tls', tlsReason(error, code, peer));
  if (code.startsWith('HPE_')) return lasting('protocol', `${peer} did not answer in HTTP (${code})`);
  return lasting('failed', `request to ${peer} failed (${code})`);
}

/** Why a body that had begun did not reach its end. A Fault passes through. */
export function bodyFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const inCompression = /^(Z_|ERR_BROTLI_|ERR__ERROR_)/.test(codeOf(error));
  return passing('cut', inCompression ? 'the compressed body is cut or corrupt' : 'the body was cut off');
}

/** Whether the connection was closed by the other side. */
export function isBroken(error: unknown): boolean {
  return BROKEN.includes(codeOf(error));
}

/** The `code` that Node puts on its errors. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function outOfFilesReason(code: string, peer: string): string {
  return `too many open files to call ${peer} (${code}); lower --concurrency, or raise the limit (ulimit -n)`;
}

function certificateReason(code: string, peer: string): string {
  const hint = UNTRUSTED.test(code) ? '; NODE_EXTRA_CA_CERTS=FILE.pem adds authorities' : '';
  return `TLS certificate of ${peer} is not accepted (${code})${hint}`;
}

function tlsReason(error: unknown, code: string, peer: string): string {
  const plain = /wrong version number|packet length too long|http request/.test(String(error));
  return plain
    ? `${peer} does not speak TLS; is it an http:// address?`
    : `TLS with ${peer} failed (${code})`;
}

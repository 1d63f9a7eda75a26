import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestCertificates {
  /** A server's key and certificate for localhost, 127.0.0.1 and ::1. */
  readonly key: string;
  readonly cert: string;
  /** The authority that signed it, known to nobody: a file for `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  remove(): Promise<void>;
}

/** A throwaway authority and a server certificate, made with the openssl command. */
export async function makeCertificates(
  names = 'DNS:localhost,IP:127.0.0.1,IP:::1',
): Promise<TestCertificates> {
  const folder = await mkdtemp(join(tmpdir(), 'o-copilot-tls-'));
  const at = (file: string) => join(folder, file);
  const openssl = (...words: string[]) => run('openssl', words, { cwd: folder });
  const newKey = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

  await openssl(
    ...newKey,
    '-x509',
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  await openssl(...newKey, '-subj', '/CN=test server', '-keyout', 'server.key', '-out', 'server.csr');
  await writeFile(at('names'), `subjectAltName=${names}\n`);
  const signing = ['x509', '-req', '-days', '2', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  await openssl(...signing, '-in', 'server.csr', '-extfile', 'names', '-out', 'server.pem');

  return {
    key: await readFile(at('server.key'), 'utf8'),
    cert: await readFile(at('server.pem'), 'utf8'),
    caFile: at('ca.pem'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

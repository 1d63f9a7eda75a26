import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Identity {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface TestCertificates extends Identity {
  /** The same, in files. */
  readonly keyFile: string;
  readonly certFile: string;
  /** The authority that signed it, known to nobody: a file for `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  remove(): Promise<void>;
}

export interface Authority {
  /** PEM, in a file. */
  readonly caFile: string;
  /** Holds all that was issued: `1.key`, `1.pem` …. */
  readonly folder: string;
  /** @param extension such as `subjectAltName=DNS:localhost` */
  issue(name: string, extension?: string): Promise<Identity>;
  remove(): Promise<void>;
}

const SERVER_NAMES = 'DNS:localhost,IP:127.0.0.1,IP:::1';
const NEW_KEY = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A throwaway authority, made with the openssl command. */
export async function makeAuthority(name = 'test authority'): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'o-copilot-tls-'));
  const at = (file: string) => join(folder, file);
  const openssl = (...words: string[]) => run('openssl', words, { cwd: folder });
  let issued = 0;
  await openssl(
    ...[...NEW_KEY, '-x509', '-days', '2', '-subj', `/CN=${name}`],
    ...['-keyout', 'ca.key', '-out', 'ca.pem'],
  );
  return {
    caFile: at('ca.pem'),
    folder,
    async issue(subject, extension = `subjectAltName=${SERVER_NAMES}`) {
      issued++;
      const own = `${issued}`;
      await openssl(...NEW_KEY, '-subj', `/CN=${subject}`, '-keyout', `${own}.key`, '-out', `${own}.csr`);
      await writeFile(at(`${own}.ext`), `${extension}\n`);
      const signing = ['x509', '-req', '-days', '2', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
      await openssl(...signing, '-in', `${own}.csr`, '-extfile', `${own}.ext`, '-out', `${own}.pem`);
      return {
        key: await readFile(at(`${own}.key`), 'utf8'),
        cert: await readFile(at(`${own}.pem`), 'utf8'),
      };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A throwaway authority and a server certificate for localhost, 127.0.0.1 and ::1. */
export async function makeCertificates(names = SERVER_NAMES): Promise<TestCertificates> {
  const { caFile, folder, issue, remove } = await makeAuthority();
  const identity = await issue('test server', `subjectAltName=${names}`);
  const files = { keyFile: join(folder, '1.key'), certFile: join(folder, '1.pem') };
  return { ...identity, ...files, caFile, remove };
}

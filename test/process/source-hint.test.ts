import { describe, expect, test } from 'vitest';
import { startUpstream } from '../upstream.js';
import { runBin } from './run.js';
import { runMain } from './run-main.js';

const QUICK = ['--retries', '0'];
/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9';

/** Names are not found, as on a machine without a network. */
const NO_NETWORK = `data:text/javascript,${encodeURIComponent(`
  import dns from 'node:dns';
  import { syncBuiltinESMExports } from 'node:module';
  dns.lookup = (host, options, done) => done(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
  syncBuiltinESMExports();`)}`;

describe('fault D7 (a source that fails says what to do)', () => {
  test('the default source that cannot be reached names the others', async () => {
    const run = await runBin(QUICK, { node: ['--import', NO_NETWORK] });
    expect(run).toMatchObject({ stdout: '', status: 69 });
    expect(run.stderr).toContain('no such host: owpublic.blob.core.windows.net');
    for (const way of ['--source sample', 'O_COPILOT_SOURCE', 'o-copilot config'])
      expect(run.stderr).toContain(way);
    const json = await runBin(['--json', ...QUICK], { node: ['--import', NO_NETWORK] });
    expect(JSON.parse(json.stderr).error.message).toContain('--source sample');
  });

  test('a source from the environment is named with where it was set; one of the command line is not', async () => {
    const set = await runMain(QUICK, { env: { O_COPILOT_SOURCE: NOBODY } });
    expect(set.stderr).toContain(
      'connection refused by 127.0.0.1:9; the source was set in O_COPILOT_SOURCE\n',
    );
    const given = await runMain(['--source', NOBODY, ...QUICK]);
    expect(given.stderr).toContain('connection refused by 127.0.0.1:9\n');
  });

  test('a messages document that is not there, and a dead proxy', async () => {
    const upstream = await startUpstream({ script: { '/messages/may': { status: 404 } } });
    const missing = await runMain(['--source', upstream.url, '--period', 'may']);
    expect(missing).toMatchObject({ stdout: '', status: 69 });
    expect(missing.stderr).toContain('there is no document of the period may: see --source and --period');
    await upstream.close();
    const proxied = await runMain(['--source', 'http://usage.test', ...QUICK], {
      env: { HTTP_PROXY: NOBODY },
    });
    expect(proxied.stderr).toContain('NO_PROXY the hosts that are called directly\n');
    const usual = await runMain(QUICK, { env: { HTTPS_PROXY: NOBODY } });
    expect(usual.stderr).toContain('NO_PROXY the hosts that are called directly; "--source sample" needs');
  });

  test.for([401, 403])('%i says how to give a token', async (status) => {
    const upstream = await startUpstream({ script: { '/messages/current-period': { status } } });
    const run = await runMain(['--source', upstream.url]);
    expect(run).toMatchObject({ stdout: '', status: 77 });
    expect(run.stderr).toContain('set O_COPILOT_TOKEN');
    await upstream.close();
  });
});

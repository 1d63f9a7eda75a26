import { once } from 'node:events';
import { version } from '../../package.json';
import { CommandLineError, InterruptedError, OCopilotError } from '../errors.js';
import { isOsError, reasonOf } from '../os-error.js';
import { startService } from '../service/start-service.js';
import { openLog } from '../service/telemetry/log.js';
import { openTracing } from '../tracing/open-tracing.js';
import { openTimeZone } from '../usage/time-zone.js';
import type { Run } from './host.js';
import { openSource } from './open-source.js';
import { rateCardFrom } from './options/rates-option.js';
import { runChoiceFrom } from './options/run-options.js';
import { type ServeChoice, serveChoiceFrom } from './options/serve-options.js';
import { type RawFlags, settingsFrom } from './options/setting-options.js';
import { readAccess } from './read-access.js';

/** Runs `serve` until a signal comes; then it lets requests end, and a second signal ends it at once. */
export async function runServe(flags: RawFlags, run: Run): Promise<void> {
  const options = await serviceOptions(flags, run);
  const choice = await serveChoiceFrom(flags, run.host);
  const openedLog = await openLog({ level: choice.logLevel, format: choice.logFormat, descriptor: 2 });
  const { log } = openedLog;
  try {
    const service = await startService(options, openedLog).catch((error) => {
      throw cannotListen(error, choice);
    });
    log.info({ url: service.url, source: options.sourceName }, 'serving');
    if (!run.signal.aborted) await once(run.signal, 'abort');
    log.info({ grace: choice.grace }, 'stopping');
    await service.stop(choice.grace);
    await options.tracing?.close();
    log.info('stopped');
    // Anything but a signal is a crash that was wound up.
    if (!(run.signal.reason instanceof InterruptedError)) throw run.signal.reason;
  } finally {
    await openedLog.close();
  }
}

async function serviceOptions(flags: RawFlags, run: Run) {
  const runChoice = runChoiceFrom(flags);
  const settings = await settingsFrom(flags, run.host);
  if (settings.source === '-') throw new CommandLineError('--source -: stdin can be read once only');
  const choice = await serveChoiceFrom(flags, run.host);
  const { access, tls } = await readAccess(choice);
  const open: Parameters<typeof startService>[0]['openSource'] = (observer, signal) =>
    openSource(
      settings,
      { maxBody: runChoice.maxBody, observer, startedAt: performance.now() },
      { host: run.host, signal },
    );
  return {
    ...choice,
    access,
    tls,
    rules: settings.rules,
    card: await rateCardFrom(flags, settings.rules),
    duplicates: runChoice.duplicates,
    zone: await openTimeZone(settings.timezone),
    source: settings.source,
    sourceName: await nameOf(open, run.signal),
    period: settings.period,
    version,
    tracing: await openTracing(run.host.env, version),
    openSource: open,
  };
}

/** Opens the source once, without a request, so that a wrong one is told before anything listens. */
async function nameOf(
  open: Parameters<typeof startService>[0]['openSource'],
  signal: AbortSignal,
): Promise<string> {
  const source = await open({}, signal);
  await source.close();
  return source.name;
}

/** `EADDRINUSE` and its like are the command line's fault. */
function cannotListen(error: unknown, { host, port }: ServeChoice): unknown {
  if (error instanceof OCopilotError || !isOsError(error)) return error;
  return new CommandLineError(`cannot listen on ${host} port ${port}: ${reasonOf(error)}`);
}

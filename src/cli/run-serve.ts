import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { version } from '../../package.json';
import { CommandLineError, InterruptedError, OCopilotError } from '../errors.js';
import { isOsError, reasonOf } from '../os-error.js';
import { writeFileAtomically } from '../output/write-file.js';
import { startService } from '../service/start-service.js';
import { type OpenLog, openLog } from '../service/telemetry/log.js';
import { openTracing, type Tracing } from '../telemetry/tracing.js';
import { openTimeZone } from '../usage/time-zone.js';
import type { Run } from './host.js';
import { openSource } from './open-source.js';
import { rateCardFrom } from './options/rates-option.js';
import { runChoiceFrom } from './options/run-options.js';
import { type ServeChoice, serveChoiceFrom } from './options/serve-options.js';
import { type RawFlags, settingsFrom } from './options/setting-options.js';
import { readAccess } from './read-access.js';

/** Milliseconds that one delivery of spans to the collector may take. */
const LONGEST_DELIVERY = 3000;

/** Runs `serve` until a signal comes; then it lets requests end, and a second signal ends it at once. */
export async function runServe(flags: RawFlags, run: Run): Promise<void> {
  let openedLog: OpenLog | undefined;
  const tracing = await openTracing({
    env: run.host.env,
    version,
    timeout: LONGEST_DELIVERY,
    onFailure: (reason) => openedLog?.log.warn({ reason }, 'traces were not delivered'),
  });
  const options = await serviceOptions(flags, tracing, run);
  const choice = await serveChoiceFrom(flags, run.host);
  openedLog = await openLog({
    level: choice.logLevel,
    format: choice.logFormat,
    descriptor: 2,
    ...(tracing !== undefined && { fields: tracing.logFields }),
  });
  const { log } = openedLog;
  try {
    const service = await startService(options, openedLog).catch((error) => {
      throw cannotListen(error, choice);
    });
    try {
      if (choice.addressFile !== undefined) await writeFileAtomically(choice.addressFile, `${service.url}\n`);
      log.info({ url: service.url, source: options.sourceName }, 'serving');
      if (!run.signal.aborted) await once(run.signal, 'abort');
    } finally {
      log.info({ grace: choice.grace }, 'stopping');
      await service.stop(choice.grace);
      if (choice.addressFile !== undefined) await rm(choice.addressFile, { force: true });
    }
    await tracing?.close();
    log.info('stopped');
    // Anything but a signal is a crash that was wound up.
    if (!(run.signal.reason instanceof InterruptedError)) throw run.signal.reason;
  } finally {
    await openedLog.close();
    // A collector that does not answer would hold the process for as long as the exporter tries.
    if (tracing !== undefined) setTimeout(() => run.host.exit(), 0).unref();
  }
}

async function serviceOptions(flags: RawFlags, tracing: Tracing | undefined, run: Run) {
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
    tracing,
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

import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { version } from '../../../package.json';
import type { Settings } from '../../config/settings.js';
import { CommandLineError, InterruptedError, OCopilotError, SystemRefusedError } from '../../errors.js';
import {
  httpSettings,
  openSource,
  openUsage,
  type SourceDeps,
  type SourceSettings,
} from '../../open-usage.js';
import { isOsError, reasonOf } from '../../os-error.js';
import { writeFileAtomically } from '../../output/file.js';
import { openCredentials } from '../../service/auth/credentials.js';
import type { ServiceOptions } from '../../service/shared/service-options.js';
import { startService } from '../../service/start-service.js';
import { type OpenLog, openLog } from '../../service/telemetry/log.js';
import type { Agents } from '../../source/http/agents.js';
import { openTracing, type Tracing } from '../../telemetry/tracing.js';
import type { BillOptions } from '../options/period.js';
import {
  type ServiceOptions as GivenOptions,
  openBasis,
  type ServiceChoice,
  serviceChoice,
} from '../options/settings.js';
import type { Context } from '../process/host.js';
import { limitOf } from './budget.js';

type ServeOptions = GivenOptions & BillOptions;

/** Messages documents that may arrive at once without keeping a report waiting. */
const DOCUMENTS_AT_ONCE = 16;
/** Milliseconds that one delivery of spans to the collector may take. */
const LONGEST_DELIVERY = 3000;

/** Runs `serve` until a signal comes; then it lets requests end, and a second signal ends it at once. */
export async function runService(given: ServeOptions, context: Context): Promise<void> {
  let openedLog: OpenLog | undefined;
  const tracing = await openTracing({
    env: context.host.env,
    version,
    timeout: LONGEST_DELIVERY,
    onFailure: (reason) => openedLog?.log.warn({ reason }, 'traces were not delivered'),
  });
  const choice = await serviceChoice(given, context.host);
  const credentials = await openCredentials(choice, {
    onRenewed: () => openedLog?.log.info('credentials were read again'),
    onRefused: (error) =>
      openedLog?.log.error(
        { reason: error instanceof OCopilotError ? error.message : 'a bug in o-copilot' },
        'credentials were not renewed: those of before stay in force',
      ),
  });
  const options = await serviceOptions(given, choice, tracing, context);
  openedLog = await openLog({
    level: choice.logLevel,
    format: choice.logFormat,
    output: context.host.stderr,
    ...(tracing !== undefined && { fields: tracing.logFields }),
  });
  const { log } = openedLog;
  const reload = () => void credentials.reload();
  context.host.on('SIGHUP', reload);
  try {
    const started = startService(options, credentials, openedLog).catch((error) => {
      throw cannotListen(error, choice);
    });
    const service = await Promise.race([started, crash(context.signal)]);
    try {
      if (choice.addressFile !== undefined) await writeFileAtomically(choice.addressFile, `${service.url}\n`);
      log.info({ url: service.url, source: options.sourceName }, 'serving');
      if (!context.signal.aborted) await once(context.signal, 'abort');
    } finally {
      log.info({ grace: choice.grace }, 'stopping');
      await service.stop(choice.grace);
      if (choice.addressFile !== undefined) await rm(choice.addressFile, { force: true });
    }
    await tracing?.close();
    log.info('stopped');
    // Anything but a signal is a crash that was wound up.
    if (!(context.signal.reason instanceof InterruptedError)) throw context.signal.reason;
  } finally {
    context.host.off('SIGHUP', reload);
    credentials.close();
    await openedLog.close();
    // A collector that does not answer would hold the process for as long as the exporter tries.
    if (tracing !== undefined) setTimeout(() => context.host.exit(), 0).unref();
  }
}

/** Rejects with what was thrown where nobody waits for it: a start that it broke would never end. */
function crash(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => {
      if (!(signal.reason instanceof InterruptedError)) reject(signal.reason);
    };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

async function serviceOptions(
  given: ServeOptions,
  choice: ServiceChoice,
  tracing: Tracing | undefined,
  context: Context,
): Promise<ServiceOptions> {
  const { duplicates = 'error', maxBody } = given;
  const { settings, zone, card, prices } = await openBasis(given, context);
  if (settings.source === '-') throw new CommandLineError('--source -: stdin can be read once only');
  const isLocal = !/^https?:\/\//i.test(settings.source);
  // A local source by its full path, so that what must not be shown of it is known.
  const source = isLocal && settings.source !== 'sample' ? resolve(settings.source) : settings.source;
  const usageSettings = {
    ...settings,
    source,
    deadline: Number.POSITIVE_INFINITY,
    maxBody,
    card,
    duplicates,
    selection: { offset: 0 },
  };
  const { env, stdin } = context.host;
  const host = { env, stdin, startedAt: performance.now() };
  const pool = isLocal ? undefined : await openPool(usageSettings, host);
  const common = { ...host, ...(pool !== undefined && { pool }) };
  const open: ServiceOptions['openSource'] = (deps) => openSource(usageSettings, { ...common, ...deps });
  return {
    ...choice,
    rules: settings.rules,
    card,
    prices,
    limit: limitOf({ settings, prices }),
    duplicates,
    zone,
    cacheScope: cacheScope(usageSettings, env),
    isLocal,
    serverPaths: source === settings.source && !isAbsolute(source) ? [] : [source, dirname(source)],
    sourceName: await nameOf(settings, open, context.signal),
    period: settings.period,
    deadline: settings.deadline,
    concurrency: settings.concurrency,
    version,
    tracing,
    openSource: open,
    openUsage: (deps) => openUsage(usageSettings, { ...common, ...deps }),
  };
}

/** Connections shared by the sources of all requests. */
async function openPool(settings: SourceSettings, host: Omit<SourceDeps, 'signal'>): Promise<Agents> {
  const { createAgents } = await import('../../source/http/agents.js');
  // Not the run's signal: requests under way at SIGTERM still connect, and each ends by a signal of its own.
  const { signal } = new AbortController();
  // Documents that arrive slowly must not hold up the requests for reports.
  const concurrency = settings.concurrency + DOCUMENTS_AT_ONCE;
  return createAgents({ ...httpSettings(settings, { ...host, signal }), concurrency }, signal);
}

/** Everything that decides what upstream says of a report: where, as whom and through which proxy it is requested. */
function cacheScope({ source, token, period }: Settings, env: Context['host']['env']): readonly string[] {
  const ways = [...PROXY_VARIABLES, 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED'];
  return [source, token ?? '', period, ...ways.map((name) => env[name] ?? '')];
}

const PROXY_VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

/** Opens the source once, without a request, so that a wrong one is reported before anything listens. */
async function nameOf(
  { source: given }: Settings,
  open: ServiceOptions['openSource'],
  signal: AbortSignal,
): Promise<string> {
  const source = await open({ signal });
  await source.close();
  return source.name === resolve(given) ? given : source.name;
}

/** A port in use may be free later, and is the system's refusal; a name that nobody knows is the command line's fault. */
function cannotListen(error: unknown, { host, port }: ServiceChoice): unknown {
  if (error instanceof OCopilotError || !isOsError(error)) return error;
  const message = `cannot listen on ${host} port ${port}: ${reasonOf(error)}`;
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return new CommandLineError(message);
  return new SystemRefusedError(`${message}${LISTEN_HINTS[error.code] ?? ''}`);
}

const LISTEN_HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: '; choose another with --port, or end what uses it',
  EACCES: '; ports below 1024 may need more rights: choose another with --port',
};

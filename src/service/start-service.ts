import { setMaxListeners } from 'node:events';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { CommandLineError } from '../errors.js';
import { combineObservers } from '../source/source.js';
import { AnswerStore } from './answer/answer-period.js';
import { type Credentials, createIdentify, type Identify, neededCredentials } from './auth/access.js';
import { isLoopback, isLoopbackAddress } from './auth/addresses.js';
import type { LiveCredentials } from './auth/live-credentials.js';
import { createApp } from './http/create-app.js';
import { createHttpServers, type HttpServers } from './http/servers.js';
import { DocumentStore } from './period/document-store.js';
import { ReportStore } from './period/report-store.js';
import { createZoneReader } from './query/parameters.js';
import { addExplanationRoute } from './routes/explanation-route.js';
import { addOperationRoutes } from './routes/operation-routes.js';
import { addPageRoute } from './routes/page-route.js';
import { addSummaryRoute } from './routes/summary-route.js';
import { addUsageRoute } from './routes/usage-route.js';
import type { ServiceOptions } from './service-options.js';
import { MemoryBudget } from './shared/memory-budget.js';
import type { Redis } from './shared/redis.js';
import { sealedEntries } from './shared/sealed-entries.js';
import { Jobs } from './shared/work.js';
import type { OpenLog } from './telemetry/log.js';
import { createMetrics, type Metrics } from './telemetry/metrics.js';

export interface Service {
  /** `http://127.0.0.1:8080`. */
  readonly url: string;
  /**
   * Takes no more requests, and waits for those under way.
   * @param grace milliseconds after which they are cut off
   */
  stop(grace: number): Promise<void>;
}

/** Builds the service and listens. @throws what listening throws: EADDRINUSE, EACCES … */
export async function startService(
  options: ServiceOptions,
  { log, logRequest, dropped }: Omit<OpenLog, 'close'>,
): Promise<Service> {
  if (isOpen(options) && !(await isLoopback(options.host))) throw openToAll(options.host);
  const ending = new AbortController();
  // One listener a source, and there are as many as there are requests.
  setMaxListeners(0, ending.signal);
  const metrics = createMetrics({ version: options.version, droppedLogLines: dropped });
  const redis = await openRedis(options.redis, log, metrics);
  const budget = new MemoryBudget(options.maxMemory);
  metrics.watchMemory(() => budget.taken);
  const jobs = new Jobs(options.maxJobs);
  const answers = new AnswerStore(budget);
  const { documents, reports } = openStores(options, redis, budget, metrics);
  const { credentials } = options;
  const servers = createHttpServers(credentials.current().tls);
  const app = await createApp(options, {
    log: { log, logRequest },
    metrics,
    redis,
    servers,
    identify: await identifyBy(credentials, servers),
    localNamesOnly: isOpen(options),
  });

  const shared = { ...options, documents, budget, ending: ending.signal };
  addOperationRoutes(app, {
    ...shared,
    metrics,
    neededCredentials: neededCredentials(credentials.current()),
    redisState: () => redis?.state() ?? 'unused',
  });
  const parts = {
    ...shared,
    reports,
    answers,
    jobs,
    readZone: createZoneReader(options.zone),
    onLookup: (outcome: 'hit' | 'miss') => metrics.lookedUp('bill', outcome),
  };
  for (const add of [addPageRoute, addUsageRoute, addExplanationRoute, addSummaryRoute]) add(app, parts);

  const close = () => {
    answers.close();
    documents.close();
    redis?.close();
  };
  try {
    await servers.listen(app, options);
    checkReach(app, options);
  } catch (error) {
    close();
    await app.close();
    throw error;
  }
  return {
    url: urlOf(app, options),
    async stop(grace) {
      await servers.drain(app, grace, () => ending.abort(new Error('the service ends')));
      close();
    },
  };
}

/** The period's messages and reports, with their caches. */
function openStores(
  options: ServiceOptions,
  redis: Redis | undefined,
  budget: MemoryBudget,
  metrics: Metrics,
) {
  const { isLocal, cacheScope, cacheSecret, concurrency } = options;
  const observer = combineObservers(metrics.observer, options.tracing?.observer ?? {});
  const documents = new DocumentStore({
    ttl: options.messagesTtl,
    budget,
    // Counted by themselves: the one answer that --max-jobs 1 allows needs a document.
    jobs: new Jobs(options.maxJobs),
    isLocal,
    openUsage: (signal) => options.openUsage({ observer, signal, onBatch: metrics.read }),
    onLookup: (outcome) => metrics.lookedUp('messages', outcome),
  });
  const reports = new ReportStore({
    ttl: options.cacheTtl,
    concurrency,
    budget,
    // The same path may hold other files on the next machine.
    shared: isLocal || !redis ? undefined : { redis, entries: sealedEntries(cacheScope, cacheSecret) },
    openSource: (signal) => options.openSource({ observer, signal }),
    onLookup: (outcome) => metrics.lookedUp('report', outcome),
  });
  return { documents, reports };
}

/** The check of access, which follows the credentials. */
async function identifyBy(credentials: LiveCredentials, servers: HttpServers): Promise<Identify> {
  const { jwt } = credentials.current();
  const jwtModule = jwt && (await import('./auth/jwt-check.js'));
  const remoteKeys = jwt?.jwks instanceof URL ? jwtModule?.createRemoteKeys(jwt.jwks) : undefined;
  const createFor = (current: Credentials) =>
    createIdentify(current, current.jwt && jwtModule?.createJwtCheck(current.jwt, remoteKeys));

  let identify = createFor(credentials.current());
  credentials.onChange((next) => {
    const created = createFor(next);
    if (next.tls !== undefined) servers.renewTls(next.tls);
    remoteKeys?.refresh();
    identify = created;
  });
  return (request, client) => identify(request, client);
}

/** A name may have come to mean another address since it was checked. @throws CommandLineError */
function checkReach(app: FastifyInstance, options: ServiceOptions): void {
  if (!isOpen(options)) return;
  if (!app.addresses().every((bound) => typeof bound === 'object' && isLoopbackAddress(bound.address)))
    throw openToAll(options.host);
}

/** Whether requests are not authenticated. */
function isOpen({ insecure, credentials }: ServiceOptions): boolean {
  const { bearer, certificate } = neededCredentials(credentials.current());
  return !insecure && !bearer && !certificate;
}

/** Requests are not authenticated, and other machines can send them. */
function openToAll(host: string): CommandLineError {
  return new CommandLineError(
    `--host ${host}: whoever reaches this address would see the bill; ` +
      'give --tokens, --jwks, --jwt-secret-file or --tls-client-ca, or say --insecure',
  );
}

async function openRedis(url: string | undefined, log: Logger, metrics: Metrics): Promise<Redis | undefined> {
  if (url === undefined) return undefined;
  const { connectRedis } = await import('./shared/redis.js');
  return connectRedis({
    url,
    onState(state, reason) {
      metrics.redisState(state === 'up');
      if (state === 'up') log.info('redis is up');
      else log.warn({ reason }, 'redis is down: serving without its cache');
    },
    onFailure: (reason, since) => log.warn({ reason, since }, 'redis fails: serving without its cache'),
  });
}

function urlOf(app: FastifyInstance, { host, credentials }: ServiceOptions): string {
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `${credentials.current().tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

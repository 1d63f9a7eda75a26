import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { CommandLineError } from '../errors.js';
import { combineObservers } from '../source/source.js';
import { AnswerStore, type RouteParts } from './answer/answer-period.js';
import { type Credentials, createIdentify, type Identify, neededCredentials } from './auth/access.js';
import { clientAt, isLoopback, isLoopbackAddress } from './auth/addresses.js';
import type { LiveCredentials } from './auth/credentials.js';
import { createApp } from './http/create-app.js';
import { createHttpServers, type HttpServers } from './http/servers.js';
import { DocumentStore } from './period/document-store.js';
import { ReportStore } from './period/report-store.js';
import { createZoneReader } from './query/parameters.js';
import { addOperationRoutes } from './routes/operation-routes.js';
import { addPageRoute } from './routes/page-route.js';
import { addSummaryRoute } from './routes/summary-route.js';
import { addExplanationRoute, addUsageRoute } from './routes/usage-routes.js';
import { MemoryBudget } from './shared/memory-budget.js';
import type { Redis } from './shared/redis.js';
import type { ServiceOptions } from './shared/service-options.js';
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
  credentials: LiveCredentials,
  { log, logRequest, dropped }: Omit<OpenLog, 'close'>,
): Promise<Service> {
  const needed = neededCredentials(credentials.current());
  const isOpen = !options.insecure && !needed.bearer && !needed.certificate;
  if (isOpen && !(await isLoopback(options.host))) throw openToAll(options.host);
  const ending = new AbortController();
  // One listener a source, and there are as many as there are requests.
  setMaxListeners(0, ending.signal);
  const budget = new MemoryBudget(options.maxMemory);
  const metrics = createMetrics(options.version, dropped, () => budget.taken);
  const redis = await openRedis(options.redis, log, metrics);
  const observer = combineObservers(metrics.observer, options.tracing?.observer ?? {});
  const documents = new DocumentStore(options, budget, metrics, observer);
  const answers = new AnswerStore(budget);
  const servers = createHttpServers(credentials.current().tls, (status, reason, address = 'unknown') => {
    metrics.refused(status);
    log.info({ status, reason, visitor: clientAt(address) }, 'refused a connection');
  });
  const app = await createApp(options, {
    log: { log, logRequest },
    metrics,
    redis,
    servers,
    identify: await identifyBy(credentials, servers),
    localNamesOnly: isOpen,
  });

  const parts: RouteParts = {
    ...options,
    documents,
    reports: new ReportStore(options, budget, metrics, observer, redis),
    answers,
    budget,
    jobs: new Jobs(options.maxJobs),
    metrics,
    ending: ending.signal,
    readZone: createZoneReader(options.zone),
  };
  addOperationRoutes(app, parts, needed, () => redis?.state() ?? 'unused');
  for (const add of [addPageRoute, addUsageRoute, addExplanationRoute, addSummaryRoute]) add(app, parts);

  const close = () => {
    answers.close();
    documents.close();
    redis?.close();
  };
  try {
    await servers.listen(app, options);
    // A name may have come to mean another address since it was checked.
    const isBoundHere = (bound: string | AddressInfo) =>
      typeof bound === 'object' && isLoopbackAddress(bound.address);
    if (isOpen && !app.addresses().every(isBoundHere)) throw openToAll(options.host);
  } catch (error) {
    close();
    await app.close();
    throw error;
  }
  const scheme = credentials.current().tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${portOf(app)}`,
    async stop(grace) {
      await servers.drain(app, grace, () => ending.abort(new Error('the service ends')));
      close();
    },
  };
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

function portOf({ server }: FastifyInstance): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

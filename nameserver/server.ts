// Starts and stops a name server: connects store, core, driver, sockets and HTTP, and closes them in order.

import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { VerifiedRecord } from '../protocols/directory/record-verification.js';
import type { Listing } from '../protocols/groups/log/listing.js';
import { assertNever } from '../protocols/kit/machine.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../protocols/kit/refusals.js';
import { primitives } from '../runtime/crypto.js';
import { Ballast } from '../runtime/disk/space/ballast.js';
import { deriveInvitationKey } from '../runtime/invitation-key.js';
import { lockDirectory } from '../runtime/disk/directory-lock.js';
import { readStaticFiles } from '../runtime/disk/static-files.js';
import { Driver } from '../runtime/driver.js';
import type { Log } from '../runtime/log.js';
import { endpointText } from '../runtime/net/endpoint.js';
import type { HttpDeadlines } from '../runtime/net/gate/http-guard.js';
import { OwnOrigins } from '../runtime/net/own-origins.js';
import { listenMetrics, type MetricsListener } from '../runtime/net/metrics-listener.js';
import { readTlsFiles } from '../runtime/net/tls-files.js';
import { PendingAnswers } from '../runtime/pending-answers.js';
import { random } from '../runtime/sources.js';
import { BindError, explainError, isDataDamage, OperationalError } from '../runtime/operational-error.js';
import type { NameServerConfig } from './config.js';
import { NameServerCore } from './core.js';
import type { PublicationRequest } from './groups/group-list.js';
import { startChannelHost, type ChannelHost } from './channel-host.js';
import { buildApp } from './rest/app.js';
import { UploadLimit } from './rest/admission/upload-limit.js';
import { LookUpBudget } from './rest/admission/rate-limit-hooks.js';
import { Metrics } from './metrics.js';
import { UserCache } from './rest/user-cache.js';
import { SessionSockets } from './sessions/session-sockets.js';
import { databaseError, openDataFiles } from './store/data-files.js';
import type { RegistryStore } from './store/registry-store.js';
import { IdleShutdown } from './idle-shutdown.js';
import type { RegistrationRequest } from './registry.js';
import { SpaceMonitor } from './space/space-monitor.js';
import type { ServerEffect, ServerInput } from './io.js';

/** For requests that wait for the commit of their input. */
const PENDING_BOUND = { most: LIMITS.restPendingAnswersMax, refusal: new Refusal('SERVER_BUSY') };

/** The built page for browsers. */
const PAGE = fileURLToPath(new URL('../page', import.meta.url));

export interface RunningNameServer {
  readonly port: number;
  /** For tests: inject requests without a socket. */
  readonly app: FastifyInstance;
  readonly channelHost: ChannelHost;
  /** True iff `/` serves the page. */
  readonly hasPage: boolean;
  /** null: no metrics. */
  readonly metricsPort: number | null;
  /** Closes sessions, flushes the store, releases port and directory. Idempotent. */
  stop(): Promise<void>;
}

export interface ServerDependencies {
  readonly log: Log;
  /** The store or the core failed: the driver has stopped. */
  readonly onFault: (error: unknown) => void;
  /** No session is left (`--until-empty`). */
  readonly onIdle: () => void;
  /** For tests that do not want to wait. */
  readonly deadlines?: HttpDeadlines;
}

/** Throws OperationalError (directory) or BindError (address), each with one line for the operator. */
export async function startNameServer(
  config: NameServerConfig,
  dependencies: ServerDependencies,
): Promise<RunningNameServer> {
  new Ballast(config.data).releaseIfFull();
  const lock = lockDirectory(config.data);
  if (lock.state === 'taken') throw directoryInUse(config.data, lock.pid);
  let running: RunningParts | null = null;
  try {
    running = await assemble(config, dependencies);
    const port = await listen(running.app, config);
    running.origins.listensAt(port);
    const { app, channelHost, metricsListener } = running;
    const metricsPort = metricsListener?.port ?? null;
    const hasPage = app.hasRoute({ method: 'GET', url: '/' });
    return { port, app, channelHost, hasPage, metricsPort, stop: once(() => end(running, lock)) };
  } catch (error) {
    await end(running, lock);
    throw isDataDamage(error) ? databaseError(config.data, error) : error;
  }
}

interface RunningParts {
  readonly app: FastifyInstance;
  readonly sockets: SessionSockets;
  readonly store: RegistryStore;
  readonly driver: Driver<ServerInput, ServerEffect>;
  readonly idleShutdown: IdleShutdown | null;
  readonly channelHost: ChannelHost;
  readonly spaceMonitor: SpaceMonitor;
  readonly origins: OwnOrigins;
  readonly metricsListener: MetricsListener | null;
}

async function assemble(config: NameServerConfig, dependencies: ServerDependencies): Promise<RunningParts> {
  const resources = await openResources(config, dependencies);
  try {
    return await connect(config, dependencies, resources);
  } catch (error) {
    await resources.channelHost.stop();
    resources.store.close();
    throw error;
  }
}

async function connect(
  config: NameServerConfig,
  dependencies: ServerDependencies,
  { tls, origins, page, key, inviteKey, store, channelHost }: Awaited<ReturnType<typeof openResources>>,
): Promise<RunningParts> {
  const areNetworksLimited = config.requestsPerMinute > 0;
  const own = { serverKey: key, isOwnOrigin: origins.includes, inviteKey };
  const core = new NameServerCore({ ...config, ...own, store, primitives, random, areNetworksLimited });
  const idleShutdown = config.stopsWhenIdle ? new IdleShutdown(dependencies.onIdle) : null;
  const sockets: SessionSockets = new SessionSockets({
    put: (input) => driver.put(input),
    metrics: () => metrics,
    onCount: (sessions) => idleShutdown?.sessionsChanged(sessions),
    areNetworksLimited,
  });
  const metrics = new Metrics(() => sockets.count);
  if (channelHost.channels) metrics.watchChannels(channelHost.channels);
  const userCache = new UserCache(core.registry);
  const questions = openQuestions((input) => driver.put(input));
  const driver: Driver<ServerInput, ServerEffect> = new Driver({
    machine: core,
    store,
    perform: (effect) => perform(effect, { ...questions, sockets, userCache, metrics }),
    wakeInput: { type: 'wake' },
    onFault: dependencies.onFault,
    onOverload: (isOverloaded) => sockets.pause(isOverloaded),
  });
  const log = dependencies.log;
  const userAndGroupRoutes = routesOf(config, { core, questions, userCache, serverKey: key.publicKey });
  const routes = { ...userAndGroupRoutes, sockets, channels: channelHost.channels, page, metrics, log };
  const app = await buildApp({ ...config, ...dependencies, ...routes, tls, origins });
  const metricsListener = await listenForMetrics(config, metrics);
  const spaceMonitor = watchSpace(config, { store, driver, log });
  return { app, sockets, store, driver, idleShutdown, channelHost, spaceMonitor, origins, metricsListener };
}

interface RouteParts {
  readonly core: NameServerCore;
  readonly questions: Questions;
  readonly userCache: UserCache;
  readonly serverKey: string;
}

/** What the routes of users and groups call. They share the budgets of look-ups and of bodies. */
function routesOf(config: NameServerConfig, { core, questions, userCache: cache, serverKey }: RouteParts) {
  const { requestsPerMinute, listsOnlineUsers: isListed } = config;
  const shared = { lookUps: new LookUpBudget(requestsPerMinute > 0), uploads: new UploadLimit(), requestsPerMinute };
  const register = (request: RegistrationRequest) => questions.registrations.ask(request);
  const publish = (request: PublicationRequest) => questions.publications.ask(request);
  const users = { ...shared, cache, presence: core.presence, register, isListed, serverKey };
  return { users, groups: { ...shared, list: core.groups, publish } };
}

async function listenForMetrics({ metricsPort }: NameServerConfig, metrics: Metrics): Promise<MetricsListener | null> {
  if (metricsPort === null) return null;
  try {
    return await listenMetrics(metricsPort, () => metrics.text());
  } catch (error) {
    throw new BindError(explainError(error, 'the metrics'), { cause: error });
  }
}

function watchSpace(
  { data, space }: NameServerConfig,
  { store, driver, log }: Pick<RunningParts, 'store' | 'driver'> & Pick<ServerDependencies, 'log'>,
): SpaceMonitor {
  const onChange = (isLow: boolean): void => driver.put({ type: 'space', isLow });
  const databaseBytes = (): number => store.usedBytes();
  return new SpaceMonitor({ directory: data, limits: space, databaseBytes, onChange, log });
}

/** Opens everything that can fail before the server runs. */
async function openResources(config: NameServerConfig, { log, onFault }: ServerDependencies) {
  const tls = config.tls && readTlsFiles(config.tls.cert, config.tls.key);
  const origins = new OwnOrigins({ ...config, certificate: tls && tls.cert });
  const page = readStaticFiles(PAGE);
  const { key, store } = openDataFiles(config);
  try {
    const inviteKey = config.inviteCode === null ? null : await deriveInvitationKey(config.inviteCode, key.publicKey);
    const options = { key, store, log, onFault, isOwnOrigin: origins.includes };
    return { tls, origins, page, key, inviteKey, store, channelHost: await startChannelHost(config, options) };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Requests that wait for the decision of the core. */
interface Questions {
  readonly registrations: PendingAnswers<RegistrationRequest, Outcome<VerifiedRecord>>;
  readonly publications: PendingAnswers<PublicationRequest, Outcome<Listing>>;
}

function openQuestions(put: (input: ServerInput) => void): Questions {
  return {
    registrations: new PendingAnswers<RegistrationRequest, Outcome<VerifiedRecord>>({
      send: (ref, request) => put({ type: 'register', ref, ...request }),
      bound: PENDING_BOUND,
    }),
    publications: new PendingAnswers<PublicationRequest, Outcome<Listing>>({
      send: (ref, request) => put({ type: 'publish', ref, ...request }),
      bound: PENDING_BOUND,
    }),
  };
}

interface EffectTargets extends Questions {
  readonly sockets: SessionSockets;
  readonly userCache: UserCache;
  readonly metrics: Metrics;
}

function perform(
  effect: ServerEffect,
  { sockets, registrations, publications, userCache, metrics }: EffectTargets,
): void {
  switch (effect.type) {
    case 'send':
      return sockets.send(effect.session, effect.frame);
    case 'close':
      return sockets.close(effect.session);
    case 'register_result':
      metrics.registrationAnswered(effect.outcome instanceof Refusal ? effect.outcome.code : effect.outcome.change);
      return registrations.resolve(effect.ref, effect.outcome);
    case 'publish_result':
      return publications.resolve(effect.ref, effect.outcome);
    case 'user_changed':
      return userCache.invalidate(effect.name);
    default:
      return assertNever(effect);
  }
}

async function listen(app: FastifyInstance, { host, port }: NameServerConfig): Promise<number> {
  try {
    await app.listen({ host, port });
    const [address] = app.addresses();
    return typeof address === 'object' ? address.port : port;
  } catch (error) {
    throw new BindError(explainError(error, endpointText({ host, port }), { port: '--port', host: '--host' }), {
      cause: error,
    });
  }
}

/** Sessions close first, and the driver commits that before the store closes. */
async function end(running: RunningParts | null, lock: { release(): void }): Promise<void> {
  running?.metricsListener?.close();
  running?.spaceMonitor.stop();
  running?.idleShutdown?.cancel();
  running?.sockets.closeAll();
  running?.driver.flush();
  await running?.channelHost.stop();
  await running?.app.close();
  running?.driver.stop();
  running?.store.close();
  lock.release();
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}

function directoryInUse(data: string, pid: number | null): OperationalError {
  const holder = pid === null ? 'Another name server' : `The name server with process number ${pid}`;
  return new OperationalError(`${holder} uses ${data}. Stop it, or choose another directory with --data.`);
}

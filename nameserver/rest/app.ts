// Builds the HTTP application of the name server without listening: protections first, then routes.

import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import websocket from '@fastify/websocket';
import { LIMITS } from '../../protocols/kit/limits.js';
import { VERSION } from '../../protocols/kit/version.js';
import type { ChannelServer } from '../../channels/channel-server.js';
import type { StaticFile } from '../../runtime/disk/static-files.js';
import type { Log } from '../../runtime/log.js';
import type { SessionSockets } from '../sessions/session-sockets.js';
import { addChannelsRoute } from './web-sockets/channels.js';
import type { ConnectionGate } from '../../runtime/net/gate/connection-gate.js';
import type { TlsFiles } from '../../runtime/net/tls-files.js';
import { dropRequestsWithoutAddress } from './admission/client-address.js';
import { addGroupRoutes, type GroupRoutes } from './groups.js';
import { addRoutesRefusingOtherMethods } from './methods.js';
import type { Metrics } from '../metrics.js';
import { guardHttp, HTTP_DEADLINES, httpTimeouts, type HttpDeadlines } from '../../runtime/net/gate/http-guard.js';
import type { OwnOrigins } from '../../runtime/net/own-origins.js';
import { refuseForeignRequests } from './admission/own-host.js';
import { addOperationRoutes } from './operations.js';
import { addPageRoutes, HSTS } from './page.js';
import { limitRequests } from './admission/rate-limit-hooks.js';
import {
  handleFrameworkError,
  handleClientError,
  installErrorHandlers,
  refuseUnknownPaths,
} from './refusal-responses.js';
import { addSessionRoute } from './web-sockets/session.js';
import { compileValidator } from './shapes.js';
import { refuseInvalidHandshakes, filterUpgrades } from './web-sockets/upgrades.js';
import { addUserRoutes, type UserRoutes } from './users.js';

const DOCS_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'";

export interface AppOptions {
  readonly users: UserRoutes;
  readonly groups: GroupRoutes;
  readonly sockets: SessionSockets;
  /** null: this server hosts no channels. */
  readonly channels: ChannelServer | null;
  /** The files of the page at `/`. null: no page. */
  readonly page: readonly StaticFile[] | null;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly trustProxy: boolean;
  /** The names at which this server answers. */
  readonly origins: OwnOrigins;
  /** Pages tell browsers to use HTTPS only. */
  readonly sendsHsts: boolean;
  /** null: plain HTTP. */
  readonly tls: TlsFiles | null;
  /** From one network. 0: no limit. */
  readonly requestsPerMinute: number;
  /** For tests that do not want to wait. */
  readonly deadlines?: HttpDeadlines;
}

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { deadlines = HTTP_DEADLINES } = options;
  const timeouts = httpTimeouts(deadlines);
  const app = openFastify(
    { tls: options.tls, timeouts },
    {
      // One proxy adds the last address. The client can forge all addresses before it.
      trustProxy: options.trustProxy && ((_address, hop) => hop === 0),
      bodyLimit: LIMITS.restBodyBytes,
      requestTimeout: timeouts.requestTimeout,
      keepAliveTimeout: timeouts.keepAliveTimeout,
      routerOptions: { maxParamLength: LIMITS.restParameterCharacters },
      forceCloseConnections: true,
      frameworkErrors: handleFrameworkError,
      clientErrorHandler: handleClientError,
    },
  );
  const gate = guardHttp(app.server, {
    stallMs: deadlines.stallMs,
    admittedMax: LIMITS.sessionsMax + LIMITS.channelClientsMax,
    onTrouble: (error) => options.log.warn({ err: error }, 'a connection could not be accepted'),
  });
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(compileValidator);
  installErrorHandlers(app, options.log);
  countRequests(app, options.metrics);
  dropRequestsWithoutAddress(app);
  await addWebSockets(app, options.sockets, deadlines);
  limitRequests(app, options.requestsPerMinute);
  refuseForeignRequests(app, options.origins);
  refuseUnknownPaths(app);
  await addDocumentation(app, options.sendsHsts);
  await addRoutes(app, options, gate);
  return app;
}

async function addRoutes(app: FastifyInstance, options: AppOptions, gate: ConnectionGate): Promise<void> {
  await app.register((routes, _, done) => {
    addRoutesRefusingOtherMethods(routes, () => {
      addUserRoutes(routes, options.users);
      addGroupRoutes(routes, options.groups);
      addOperationRoutes(routes);
      addSessionRoute(routes, options.sockets, gate);
      addChannelsRoute(routes, options.channels, gate);
      if (options.page && options.channels?.acceptsWebSockets) addPageRoutes(routes, options.page, options.sendsHsts);
    });
    done();
  });
}

interface Transport {
  readonly tls: TlsFiles | null;
  readonly timeouts: ReturnType<typeof httpTimeouts>;
}

/** Only the options differ with HTTPS; Fastify's types do not know that both apps are equal for the routes. */
function openFastify({ tls, timeouts }: Transport, options: FastifyServerOptions): FastifyInstance {
  if (tls === null) return Fastify({ ...options, http: timeouts });
  return Fastify({ ...options, https: { ...timeouts, ...tls } } as FastifyServerOptions);
}

/** Must run before the rate limiter: a refused handshake needs this hook, or its socket would stay open. */
async function addWebSockets(app: FastifyInstance, sockets: SessionSockets, deadlines: HttpDeadlines): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: LIMITS.sessionFrameBytes, server: filterUpgrades(app, deadlines) },
    errorHandler: sockets.failed,
  });
  refuseInvalidHandshakes(app);
}

function countRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    metrics.requestAnswered(request.routeOptions.url ?? 'none', reply.statusCode);
    done();
  });
}

/** Only pages get security headers: JSON does not need them, and they would slow a look-up by a third. */
async function addDocumentation(app: FastifyInstance, sendsHsts: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Kith name server',
        version: VERSION,
        description: 'Look users up, register names, and see who is online.',
      },
    },
  });
  await app.register(async (pages) => {
    const strictTransportSecurity = sendsHsts && HSTS;
    await pages.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity });
    // Swagger UI's own policy would upgrade requests to HTTPS, which a plain HTTP server does not offer.
    await pages.register(swaggerUi, { routePrefix: '/docs', staticCSP: DOCS_POLICY });
  });
}

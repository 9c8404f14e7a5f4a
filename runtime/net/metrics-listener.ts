// Serves metrics for Prometheus at http://127.0.0.1:PORT/metrics, only to this computer.

import { createServer, type IncomingMessage } from 'node:http';
import { operationalError } from '../operational-error.js';
import { hasManyHosts } from './gate/http-guard.js';
import { endpointText } from './endpoint.js';

const LOCAL = '127.0.0.1';
const REQUEST_MS = 5_000;
const TIMEOUTS = {
  headersTimeout: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: REQUEST_MS,
  connectionsCheckingInterval: REQUEST_MS,
};

export interface MetricsPage {
  readonly type: string;
  readonly text: string;
}

export interface MetricsListener {
  readonly port: number;
  close(): void;
}

/** Throws OperationalError if the port is not available. */
export async function listenMetrics(port: number, read: () => Promise<MetricsPage>): Promise<MetricsListener> {
  const server = createServer(TIMEOUTS, (request, response) => {
    if (hasManyHosts(request)) {
      response.writeHead(400).end();
      return;
    }
    if (!isForUs(request)) {
      response.writeHead(404).end();
      return;
    }
    read().then(
      ({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.setTimeout(REQUEST_MS);
  server.maxConnections = 16;
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(operationalError(endpointText({ host: LOCAL, port }), error, { port: '--metrics-port' })),
    );
    server.listen(port, LOCAL, resolve);
  });
  server.on('error', () => undefined); // no file descriptor was left
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A page of another site, whose name resolves to this computer, is not answered. */
function isForUs(request: IncomingMessage): boolean {
  const host = request.headers.host?.replace(/:\d+$/, '');
  return request.method === 'GET' && request.url === '/metrics' && (host === LOCAL || host === 'localhost');
}

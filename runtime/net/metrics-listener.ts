// Serves metrics for Prometheus at http://127.0.0.1:PORT/metrics, only to this computer.

import { createServer } from 'node:http';
import { operationalError } from '../operational-error.js';
import { endpointText } from './endpoint.js';

const LOCAL = '127.0.0.1';
const REQUEST_MS = 5_000;

export interface MetricsPage {
  readonly type: string;
  readonly text: string;
}

/** Listens and returns the port. Throws OperationalError if the port is not available. */
export async function listenMetrics(port: number, read: () => Promise<MetricsPage>): Promise<number> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    read().then(
      ({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.requestTimeout = REQUEST_MS;
  server.maxConnections = 16;
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(operationalError(endpointText({ host: LOCAL, port }), error)));
    server.listen(port, LOCAL, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

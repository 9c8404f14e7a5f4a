// The bare baseline: a loop sends each message to all clients, with `ws` and nothing else.

import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { serveQuestions } from '../child.js';
import { resourceUsage } from './resource-usage.js';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text);
  });
});

serveQuestions(() => {
  const { port } = server.address() as AddressInfo;
  return Promise.resolve({ port, peerPort: 0, linked: 0, lost: 0, ...resourceUsage() });
});

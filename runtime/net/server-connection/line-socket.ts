// The client side of a line connection: one JSON value per line over TCP. Never throws: every error is `onClosed`.

import { connect, type Socket } from 'node:net';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { explainError } from '../../operational-error.js';
import { endpointText, type Endpoint } from '../endpoint.js';
import { LineReader } from '../line-reader.js';
import type { SessionCallbacks, SessionSocket } from './session-socket.js';

/** Connects. A line above `channelClientFrameBytes` closes the connection. */
export function openLineSocket(place: Endpoint, callbacks: SessionCallbacks): SessionSocket {
  const socket = connect({ ...place, noDelay: true, timeout: LIMITS.serverAnswerMs });
  let reason = 'the server ended the connection';
  const reader = new LineReader(LIMITS.channelClientFrameBytes);
  socket.on('connect', () => {
    socket.setTimeout(0);
    callbacks.onOpened(null);
  });
  socket.on('timeout', () => socket.destroy(new Error('the server does not answer')));
  socket.on('data', (chunk) => {
    reader.push(chunk, (line) => {
      if ('text' in line) callbacks.onFrame(parseJson(line.text));
      else socket.destroy(new Error(`it sent a line that is ${line.fault}`));
    });
  });
  socket.on('error', (error) => (reason = explainError(error, endpointText(place))));
  socket.on('close', () => callbacks.onClosed(reason));
  return {
    send: (frame) => send(socket, frame),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => close(socket),
  };
}

function send(socket: Socket, frame: object): void {
  if (!socket.writable) return;
  if (socket.writableLength > LIMITS.sessionQueueBytes) socket.destroy();
  else socket.write(`${JSON.stringify(frame)}\n`);
}

function close(socket: Socket): void {
  if (socket.destroyed) return;
  socket.end();
  const linger = setTimeout(() => socket.destroy(), LIMITS.closeTimeoutMs);
  socket.once('close', () => clearTimeout(linger));
}

// The client's end of a door for lines: one JSON value a line over TCP. Never throws: all trouble is `onClosed`.

import { connect, type Socket } from 'node:net';
import { concat, parseJson, textOf } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { explainTrouble } from '../trouble.js';
import { endpointText, type Endpoint } from './endpoint.js';
import type { SessionCallbacks, SessionSocket } from './session-socket.js';

const NEWLINE = 10;

/** Opens the door. Lines of more than `visitorFrameBytes` end the connection. */
export function openLineSocket(place: Endpoint, callbacks: SessionCallbacks): SessionSocket {
  const socket = connect({ ...place, noDelay: true, timeout: LIMITS.commandServerWaitMs });
  let reason = 'the server ended the connection';
  const reader = new LineReader(callbacks.onFrame.bind(callbacks));
  socket.on('connect', () => {
    socket.setTimeout(0);
    callbacks.onOpened();
  });
  socket.on('timeout', () => socket.destroy(new Error('no answer came')));
  socket.on('data', (chunk) => {
    if (!reader.push(chunk)) socket.destroy(new Error('it sent a line that is too long'));
  });
  socket.on('error', (error) => (reason = explainTrouble(error, endpointText(place))));
  socket.on('close', () => callbacks.onClosed(reason));
  return {
    send: (frame) => send(socket, frame),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => close(socket),
  };
}

class LineReader {
  private pieces: Uint8Array[] = [];
  private held = 0;

  constructor(private readonly onValue: (value: unknown) => void) {}

  /** False where a line has become too long. */
  push(chunk: Uint8Array): boolean {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      if (!this.hold(chunk.subarray(from, end))) return false;
      from = end + 1;
      this.give();
    }
    return this.hold(chunk.subarray(from));
  }

  private hold(piece: Uint8Array): boolean {
    this.held += piece.length;
    if (piece.length > 0) this.pieces.push(piece);
    return this.held <= LIMITS.visitorFrameBytes;
  }

  private give(): void {
    const text = textOf(concat(...this.pieces));
    this.pieces = [];
    this.held = 0;
    this.onValue(text === null ? undefined : parseJson(text));
  }
}

function send(socket: Socket, frame: object): void {
  if (!socket.writable) return;
  if (socket.writableLength > LIMITS.sessionQueueBytes) socket.destroy();
  else socket.write(`${JSON.stringify(frame)}\n`);
}

function close(socket: Socket): void {
  if (socket.destroyed) return;
  socket.end();
  const linger = setTimeout(() => socket.destroy(), LIMITS.lingerMs);
  socket.once('close', () => clearTimeout(linger));
}

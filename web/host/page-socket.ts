// The page's way to its server: one WebSocket, frames of JSON. Never throws: all trouble is `closed` or `refused`.

import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';

/** One of `closed` and `refused` comes last, once, also where the door never openDialog. */
export interface PageSocketListener {
  openDialog(): void;
  /** The value of a frame, or undefined where it was no JSON text. */
  frame(frame: unknown): void;
  /** `reason`: one line for a person. */
  closed(reason: string): void;
  refused(refusal: Refusal): void;
}

export interface PageSocket {
  /** Ignored while it is not open. A server that takes nothing loses us. */
  send(frame: object): void;
  close(): void;
}

const PATH = 'v1/channels';
/** How a server without channels closes (nameserver/rest/web-sockets). */
const CHANNELS_OFF = 4404;

/** `page`: the address of the page; the door is beside it. */
export function openPageSocket(page: string, listener: PageSocketListener): PageSocket {
  const address = new URL(PATH, page);
  const socket = new WebSocket(address.href.replace(/^http/, 'ws'));
  let hasOpened = false;
  socket.onopen = () => {
    hasOpened = true;
    listener.openDialog();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => listener.frame(valueOf(data));
  socket.onclose = ({ code }) => {
    if (code === CHANNELS_OFF) listener.refused(new Refusal('CHANNELS_OFF', address.host));
    else listener.closed(hasOpened ? 'the server ended the connection' : 'the server cannot be reached');
  };
  return { send: (frame) => send(socket, frame), close: () => socket.close() };
}

function valueOf(data: unknown): unknown {
  return typeof data === 'string' && data.length <= LIMITS.channelClientFrameBytes ? parseJson(data) : undefined;
}

function send(socket: WebSocket, frame: object): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  if (socket.bufferedAmount > LIMITS.channelClientQueueBytes) socket.close();
  else socket.send(JSON.stringify(frame));
}

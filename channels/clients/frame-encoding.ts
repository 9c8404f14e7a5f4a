// Encodes a frame for a transport: as a WebSocket message or as a line.

/** How clients connect: WebSocket, or lines over TCP. */
export type ClientTransport = 'ws' | 'tcp';

/** FIN and opcode text: all our frames are unfragmented text (RFC 6455, 5.2). */
const FINAL_TEXT = 0x81;
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;

/** The bytes of one frame. A server does not mask, so the same bytes serve all clients. */
export function encodeForTransport(text: string, transport: ClientTransport): Buffer {
  return transport === 'tcp' ? Buffer.from(`${text}\n`) : webSocketMessage(text);
}

function webSocketMessage(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const header = headerOf(bytes);
  const message = Buffer.allocUnsafe(header.length + bytes);
  message.set(header);
  message.write(text, header.length);
  return message;
}

function headerOf(bytes: number): Buffer {
  if (bytes < LENGTH_IN_16_BITS) return Buffer.from([FINAL_TEXT, bytes]);
  const isLarge = bytes >= 1 << 16;
  const header = Buffer.alloc(isLarge ? 10 : 4);
  header.set([FINAL_TEXT, isLarge ? LENGTH_IN_64_BITS : LENGTH_IN_16_BITS]);
  if (isLarge) header.writeBigUInt64BE(BigInt(bytes), 2);
  else header.writeUInt16BE(bytes, 2);
  return header;
}

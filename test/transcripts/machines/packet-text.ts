// Writes packets and messages between room servers as text, for transcripts.

import { decodeMessage, type OrderedMessage } from '../../../protocols/rooms/order/message.js';
import { decodeControl, type ControlMessage } from '../../../protocols/rooms/view/control-message.js';
import type { Frame, Packet } from '../../../protocols/rooms/wire/packet.js';

const LENGTH_BYTES = 4;

/** The frames of a packet with the records in them, and the message acknowledgement if there is one. */
export function packetText({ frames, received }: Packet): string {
  const parts = frames.map(frameText);
  return [...parts, ...(received ? [`has received ${received.join(' ')}`] : [])].join('; ');
}

export function messageText({ from, seq, time, operation }: OrderedMessage): string {
  return `message ${seq} of S${from + 1}, time ${time}: ${operationText(operation)}`;
}

function operationText({ type, client, room, nick, text }: OrderedMessage['operation']): string {
  if (type === 'chat') return `<${nick}> ${text}`;
  if (type !== 'occupancy') return `${nick} asks /${type}`;
  return room === 0 ? `client ${client} is in no room` : `${nick} is in room ${room}`;
}

function frameText({ lane, number, bytes }: Frame): string {
  const kind = lane === 0 ? 'ordered' : 'control';
  const records = recordsIn(bytes);
  const texts = records.map((record) => (lane === 0 ? orderedText(record) : controlText(record)));
  return `${kind} frame ${number} (${texts.length > 0 ? texts.join(', ') : `${bytes.length} bytes of a record`})`;
}

/** The records in a frame, or none unless it holds complete records only. */
function recordsIn(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length;) {
    const end = at + LENGTH_BYTES + (at + LENGTH_BYTES <= bytes.length ? view.getUint32(at) : Infinity);
    if (end > bytes.length) return [];
    records.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return records;
}

function orderedText(record: Uint8Array): string {
  const message = decodeMessage(record);
  return message ? messageText(message) : `record of ${record.length} bytes`;
}

function controlText(record: Uint8Array): string {
  const control = decodeControl(record);
  if (!control) return `record of ${record.length} bytes`;
  const ballot = 'ballot' in control ? ` ${control.ballot.round}.${control.ballot.by + 1}` : '';
  return `${control.type}${ballot} for view ${viewOf(control)}`;
}

function viewOf(control: ControlMessage): number {
  return control.type === 'decided' ? control.decision.view : control.instance;
}

// The content of one datagram between servers (SPEC, RWIRE and RLINK), and its encoding inside the seal.

import { LIMITS } from '../../kit/limits.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

export const SERVER_MODES = ['idle', 'normal', 'wedged'] as const;
export type ServerMode = (typeof SERVER_MODES)[number];

/** The state of the sender. `alive`: one bit for each server that it hears, itself included. */
export interface Heartbeat {
  readonly view: number;
  readonly mode: ServerMode;
  readonly alive: number;
}

/** `upTo`: all frames up to this one arrived. Bit i of `low` and `high` (64 together): frame `upTo + 2 + i` did. */
export interface Ack {
  readonly stream: number;
  readonly upTo: number;
  readonly low: number;
  readonly high: number;
}

/** A piece of a stream. `lane`: 0 for ordered messages, 1 for control messages about views. */
export interface Frame {
  readonly lane: Lane;
  readonly stream: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

export type Lane = 0 | 1;

/**
 * `from`, `to`: indices of servers. `toBoot`: the boot of the receiver, 0 if unknown. `received`: acknowledgement of
 * messages, the number received from each server in the view of the heartbeat; null unless the receiver is a member.
 */
export interface Packet {
  readonly from: number;
  readonly to: number;
  readonly boot: number;
  readonly toBoot: number;
  readonly cluster: number;
  readonly number: number;
  readonly heartbeat: Heartbeat;
  readonly acks: readonly [Ack, Ack];
  readonly received: readonly number[] | null;
  readonly frames: readonly Frame[];
}

const HEAD_BYTES = 26 + 9 + 2 * 16 + 1 + 1;
const FRAME_HEAD_BYTES = 11;
/** The most that a seal adds. */
const SEAL_BYTES = 32;

/** Number of bytes of a datagram that are left for frames. */
export function frameCapacity(received: readonly number[] | null): number {
  return LIMITS.roomDatagramBytes - SEAL_BYTES - HEAD_BYTES - 4 * (received?.length ?? 0);
}

export function frameBytes(frame: Frame): number {
  return FRAME_HEAD_BYTES + frame.bytes.length;
}

export function encodePacket(packet: Packet): Uint8Array {
  const { heartbeat, acks, received, frames } = packet;
  const out = new ByteWriter(HEAD_BYTES + 128 + frames.reduce((sum, frame) => sum + frameBytes(frame), 0));
  out.u8(packet.from).u8(packet.to).u32(packet.boot).u32(packet.toBoot).u32(packet.cluster).u48(packet.number);
  out.u32(heartbeat.view).u8(SERVER_MODES.indexOf(heartbeat.mode)).u32(heartbeat.alive);
  for (const { stream, upTo, low, high } of acks) out.u32(stream).u32(upTo).u32(low).u32(high);
  out.u8(received?.length ?? 0);
  for (const count of received ?? []) out.u32(count);
  out.u8(frames.length);
  for (const { lane, stream, number, bytes } of frames) out.u8(lane).u32(stream).u32(number).block(bytes);
  return out.done();
}

/** Null if the bytes are not a valid packet [RWIRE-4]. */
export function decodePacket(bytes: Uint8Array): Packet | null {
  const input = new ByteReader(bytes);
  const [from, to, boot, toBoot] = [input.u8(), input.u8(), input.u32(), input.u32()];
  const [cluster, number] = [input.u32(), input.u48()];
  const [view, mode, alive] = [input.u32(), SERVER_MODES[input.u8()], input.u32()];
  const acks = [readAck(input), readAck(input)] as const;
  const received = readNumbers(input);
  const frames = readFrames(input);
  if (!input.isExact || mode === undefined || frames === null || boot === 0) return null;
  return { from, to, boot, toBoot, cluster, number, heartbeat: { view, mode, alive }, acks, received, frames };
}

function readAck(input: ByteReader): Ack {
  return { stream: input.u32(), upTo: input.u32(), low: input.u32(), high: input.u32() };
}

function readNumbers(input: ByteReader): number[] | null {
  const length = input.u8();
  if (length === 0) return null;
  const numbers: number[] = [];
  for (let at = 0; at < length && !input.isBroken; at += 1) numbers.push(input.u32());
  return numbers;
}

function readFrames(input: ByteReader): Frame[] | null {
  const frames: Frame[] = [];
  const length = input.u8();
  for (let at = 0; at < length && !input.isBroken; at += 1) {
    const lane = input.u8();
    if (lane !== 0 && lane !== 1) return null;
    frames.push({ lane, stream: input.u32(), number: input.u32(), bytes: input.block() });
  }
  return frames;
}

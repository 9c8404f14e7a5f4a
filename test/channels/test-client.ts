// A test client with a real key at a real server, by WebSocket or by lines over TCP.

import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import {
  channelServerFrameShape,
  type ChannelServerFrame,
  type ChannelClientFrame,
} from '../../protocols/channels/client-protocol.js';
import type { ChannelMessage } from '../../protocols/channels/signed-objects.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { randomId } from '../../protocols/kit/random-id.js';
import { signObject, type Signed, type SignedType } from '../../protocols/kit/signed.js';
import { makeExchangeKey, makeSigningKey, primitives } from '../../runtime/crypto.js';
import { LineReader } from '../../runtime/net/line-reader.js';
import { clock, random } from '../../runtime/sources.js';
import type { ServerProof } from '../../protocols/kit/server-proof/messages.js';
import { ReceivedQueue } from '../e2e/testbed/received-queue.js';
import { channelHello, offerIn } from '../nameserver/session-offer.js';

const LINE_BYTES = 1 << 20;
const WAIT_MS = 10_000;

const originAt = (port: number): string => `http://127.0.0.1:${port}`;

/** A transport for frames as text. */
interface Transport {
  readonly opened: Promise<unknown>;
  send(text: string): void;
  /** Stops reading, like a slow client. */
  stall(): void;
  close(): void;
}

interface TransportCallbacks {
  readonly text: (text: string) => void;
  readonly closed: () => void;
}

export class TestClient {
  readonly key = makeSigningKey();
  readonly exchange = makeExchangeKey().publicKey;
  readonly life = randomId(random);
  readonly heard: ReceivedQueue<ChannelServerFrame>;
  /** All frames received, in order. */
  readonly frames: ChannelServerFrame[] = [];
  isGone = false;
  private counter = 0;
  private readonly way: Transport;

  constructor(
    readonly name: string,
    /** The origin that it names to the server. */
    readonly origin: string,
    open: (callbacks: TransportCallbacks) => Transport,
  ) {
    this.heard = new ReceivedQueue(name, () => JSON.stringify(this.frames.slice(-5)));
    this.way = open({
      text: (text) => this.hear(text),
      closed: () => {
        this.isGone = true;
        this.heard.end('the connection is closed');
      },
    });
  }

  static bySocket(name: string, port: number): TestClient {
    return new TestClient(name, originAt(port), (callbacks) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/channels`);
      socket.on('message', (data: Buffer) => callbacks.text(data.toString()));
      socket.on('error', () => undefined).on('close', callbacks.closed);
      const close = (): void => socket.terminate();
      const opened = once(socket, 'open');
      return { opened, send: (text) => socket.send(text), stall: () => socket.pause(), close };
    });
  }

  /** `server`: the port of the name server; not the one for lines. */
  static byLines(name: string, port: number, server: number): TestClient {
    return new TestClient(name, originAt(server), (callbacks) => {
      const socket = connect(port, '127.0.0.1');
      const reader = new LineReader(LINE_BYTES);
      socket.on('data', (chunk: Buffer) =>
        reader.push(chunk, (line) => callbacks.text('text' in line ? line.text : '')),
      );
      socket.on('error', () => undefined).on('close', callbacks.closed);
      const close = (): void => void socket.destroy();
      const opened = once(socket, 'connect');
      return { opened, send: (text) => socket.write(`${text}\n`), stall: () => socket.pause(), close };
    });
  }

  /** Says hello; returns what the server has signed. */
  async knock(origin = this.origin): Promise<ServerProof> {
    await this.way.opened;
    this.send(channelHello(origin));
    return offerIn(await this.take('challenge'));
  }

  /** Enters and joins channels. */
  async enter(...channels: string[]): Promise<this> {
    const { server, origin, challenge, exporter } = await this.knock();
    const key = this.key.publicKey;
    const card = this.sign('card', { key, exchange: this.exchange, name: this.name });
    const entry = { server, origin, challenge, exporter, key, life: this.life };
    this.send({ type: 'enter', card, entry: this.sign('entry', entry) });
    await this.take('welcome');
    for (const channel of channels) {
      this.send({ type: 'join', channel });
      await this.take('joined', (frame) => frame.channel === channel);
    }
    return this;
  }

  say(channel: string, text: string, changes: Partial<ChannelMessage> = {}): Signed {
    const said = this.sign('channel_message', { ...this.fields(), channel, text, ...changes });
    this.send({ type: 'say', kind: 'channel', said });
    return said;
  }

  whisper(to: string, sealed: string): void {
    this.send({ type: 'say', kind: 'direct', said: this.sign('direct', { ...this.fields(), to, sealed }) });
  }

  send(frame: ChannelClientFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    this.way.send(text);
  }

  /** The next frame of a type; earlier ones are skipped. */
  take<T extends ChannelServerFrame['type']>(
    type: T,
    isIt: (frame: Extract<ChannelServerFrame, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ChannelServerFrame, { type: T }>> {
    const isWanted = (frame: ChannelServerFrame): frame is Extract<ChannelServerFrame, { type: T }> =>
      frame.type === type && isIt(frame as Extract<ChannelServerFrame, { type: T }>);
    return this.heard.take(`a frame "${type}"`, isWanted, WAIT_MS) as Promise<Extract<ChannelServerFrame, { type: T }>>;
  }

  /** The texts received in a channel so far. */
  texts(channel: string): string[] {
    return this.frames.flatMap((frame) => {
      const words = frame.type === 'heard' ? (parseJson(frame.said.payload) as ChannelMessage) : null;
      return words?.channel === channel ? [words.text] : [];
    });
  }

  /** Waits until a text was received. */
  async hears(text: string): Promise<void> {
    await this.take('heard', ({ said }) => (parseJson(said.payload) as ChannelMessage).text === text);
  }

  stall(): void {
    this.way.stall();
  }

  leave(): void {
    this.way.close();
  }

  private hear(text: string): void {
    const frame = parseJson(text);
    if (!channelServerFrameShape.accepts(frame)) throw new Error(`not a frame of channels: ${text.slice(0, 200)}`);
    this.frames.push(frame);
    if (frame.type === 'ping') this.send({ type: 'pong' });
    this.heard.put(frame);
  }

  private fields() {
    const { exchange, name, life } = this;
    return { key: this.key.publicKey, exchange, name, life, counter: (this.counter += 1), at: clock.now() };
  }

  private sign(type: SignedType, value: object): Signed {
    return signObject(type, value, this.key, primitives);
  }
}

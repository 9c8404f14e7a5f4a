// The process that loads a channel server: one sender, many receivers. It reports the rate and the latency.

import type { Card, ChannelMessage, EntryProof } from '../../protocols/channels/signed-objects.js';
import { CHANNEL_VERSION } from '../../protocols/channels/client-protocol.js';
import { parseJson, toBase64url } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { randomId } from '../../protocols/kit/random-id.js';
import { signObject, type SignedType } from '../../protocols/kit/signed.js';
import type { ChallengeFrame, HelloFrame, ServerProof } from '../../protocols/kit/server-proof/messages.js';
import { makeExchangeKey, makeSigningKey, primitives } from '../../runtime/crypto.js';
import { clock, random } from '../../runtime/sources.js';
import { serveQuestions } from '../child.js';
import { percentile } from '../report.js';
import { Listener } from './listener.js';

const CHANNEL = 'bench';
const TEXT = 'x'.repeat(60);
/** One receiver in this many is measured. */
const SAMPLED = 10;

const key = makeSigningKey();
const exchange = makeExchangeKey().publicKey;
const life = randomId(random);
let counter = 0;
let listeners: Listener[] = [];
let sender: Listener | null = null;

const sign = (type: SignedType, value: object) => signObject(type, value, key, primitives);

function sayMessage(): string {
  const fields = { key: key.publicKey, exchange, name: 'sender', life, counter: (counter += 1), at: clock.now() };
  const said: ChannelMessage = { ...fields, channel: CHANNEL, text: TEXT };
  return JSON.stringify({ type: 'say', kind: 'channel', said: sign('channel_message', said) });
}

/** Enters the channel; a bare server needs no entry. */
async function enter(port: number, isBare: boolean): Promise<Listener> {
  const listener = new Listener(port);
  if (isBare) return listener;
  const nonce = toBase64url(random.bytes(LIMITS.sessionChallengeBytes));
  const hello: HelloFrame = { type: 'hello', version: CHANNEL_VERSION, nonce, origin: `http://127.0.0.1:${port}` };
  const challenged = listener.hear(() => true);
  listener.send(Listener.message(JSON.stringify(hello)));
  const { proof } = parseJson(await challenged) as ChallengeFrame;
  const { server, origin, challenge, exporter } = parseJson(proof.payload) as ServerProof;
  const card: Card = { key: key.publicKey, exchange, name: 'sender' };
  const entry: EntryProof = { server, origin, challenge, exporter, key: key.publicKey, life };
  const frame = { type: 'enter', card: sign('card', card), entry: sign('entry', entry) };
  const joined = listener.hear((text) => text.startsWith('{"type":"joined"'));
  const join = { type: 'join', channel: CHANNEL };
  listener.send(Listener.message(JSON.stringify(frame)), Listener.message(JSON.stringify(join)));
  await joined;
  return listener;
}

interface Gathering {
  readonly speakAt: number;
  readonly listenAt: number;
  readonly howMany: number;
  readonly isBare: boolean;
}

/** Connects a few receivers at a time. */
async function gather({ speakAt, listenAt, howMany, isBare }: Gathering): Promise<void> {
  sender = await enter(speakAt, isBare);
  while (listeners.length < howMany) {
    const some = Math.min(20, howMany - listeners.length);
    listeners.push(...(await Promise.all(Array.from({ length: some }, () => enter(listenAt, isBare)))));
  }
  await new Promise((resolve) => setTimeout(resolve, 1_500)); // the last counts of who is here have gone out
}

/** Sends this many messages, at most `window` ahead of the first receiver. Returns the rate and the latencies. */
function speak(messages: number, window: number): Promise<object> {
  const prepared = Array.from({ length: messages }, () => Listener.message(sayMessage()));
  const sentAt = new Float64Array(messages);
  const late: number[] = [];
  let said = 0;
  let done = 0;
  const startedAt = performance.now();
  const sayMore = (heard: number): void => {
    const more = prepared.slice(said, Math.min(messages, heard + window));
    sentAt.fill(performance.now(), said, said + more.length);
    said += more.length;
    if (more.length > 0) sender?.send(...more);
  };
  return new Promise((resolve) => {
    const finish = (): void => {
      done += 1;
      if (done < listeners.length) return;
      const seconds = (performance.now() - startedAt) / 1_000;
      const perSecond = (messages * listeners.length) / seconds;
      resolve({ perSecond, p50Ms: percentile(late, 0.5), p99Ms: percentile(late, 0.99) });
    };
    sender?.count();
    listeners.forEach((listener, index) => {
      listener.count();
      listener.onFrame = (count) => {
        if (index % SAMPLED === 0) late.push(performance.now() - (sentAt[count - 1] ?? 0));
        if (index === 0) sayMore(count);
        if (count === messages) finish();
      };
    });
    sayMore(0);
  });
}

function leave(): void {
  sender?.close();
  for (const listener of listeners) listener.close();
  listeners = [];
}

serveQuestions(async (question) => {
  if ('gather' in question) await gather(question['gather'] as Gathering);
  if ('leave' in question) leave();
  if (!('messages' in question)) return {};
  return speak(Number(question['messages']), Number(question['window']));
});

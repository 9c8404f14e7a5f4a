// What tests of links share: listeners on loopback that write down what happens, and peers that are not what they
// should be.

import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { TestContext } from 'node:test';
import { makeSigningKey } from '../../../runtime/crypto.js';
import { makeCertificate, type Certificate } from '../../../runtime/link/certificate.js';
import { dialLink } from '../../../runtime/link/dial-link.js';
import type { LinkSocket } from '../../../runtime/link/link-socket.js';
import type { Endpoint } from '../../../runtime/net/endpoint.js';
import {
  listenLinks,
  type LinkListener,
  type LinkRefusal,
  type ListenOptions,
} from '../../../runtime/link/listen-links.js';

/** A value that will come: `come` brings it, `value` waits for it. */
export function expected<T>(): { come: (value: T) => void; value: Promise<T> } {
  let come: (value: T) => void = () => undefined;
  const value = new Promise<T>((resolve) => (come = resolve));
  return { come, value };
}

/** A listener and what came to it: the first link, the first refusal, all refusals so far. */
export interface Host {
  readonly listener: LinkListener;
  readonly certificate: Certificate;
  readonly endpoint: Endpoint;
  readonly link: Promise<LinkSocket>;
  readonly refusal: Promise<LinkRefusal>;
  readonly refused: LinkRefusal[];
}

/** A listener of a new key, closed after the test. */
export async function listen(context: TestContext, options: Partial<ListenOptions> = {}): Promise<Host> {
  const certificate = makeCertificate(makeSigningKey());
  const refused: LinkRefusal[] = [];
  const firstRefusal = expected<LinkRefusal>();
  const firstLink = expected<LinkSocket>();
  const onRefused = (why: LinkRefusal) => {
    refused.push(why);
    firstRefusal.come(why);
  };
  const listener = await listenLinks({
    ...{ host: '127.0.0.1', port: 0, certificate, onLink: firstLink.come, onRefused },
    ...options,
  });
  context.after(() => listener.close());
  return {
    listener,
    certificate,
    endpoint: listener.endpoint,
    refused,
    refusal: firstRefusal.value,
    link: firstLink.value,
  };
}

/** Two ends of one link, and the keys they have. */
export interface LinkPair {
  readonly near: LinkSocket;
  readonly far: LinkSocket;
  readonly nearKey: string;
  readonly farKey: string;
}

export async function linkPair(context: TestContext): Promise<LinkPair> {
  const host = await listen(context);
  const certificate = makeCertificate(makeSigningKey());
  const near = await dialLink({ endpoints: [host.endpoint], certificate, timeoutMs: 5_000 });
  context.after(() => near.destroy());
  return { near, far: await host.link, nearKey: certificate.publicKey, farKey: host.certificate.publicKey };
}

/** What a link has said: `next` waits for a text, `over` for the end. */
export interface ReceivedFrames {
  readonly heard: string[];
  readonly over: Promise<string>;
  next(): Promise<string>;
}

/** Starts a link and keeps what it says. */
export function receivedOn(link: LinkSocket): ReceivedFrames {
  const heard: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  const over = expected<string>();
  let taken = 0;
  link.start({
    onText: (text) => {
      heard.push(text);
      if (waiting.length > 0) waiting.shift()?.(heard[taken++] ?? '');
    },
    onClosed: over.come,
  });
  const next = async (): Promise<string> =>
    taken < heard.length ? (heard[taken++] ?? '') : new Promise((resolve) => waiting.push(resolve));
  return { heard, next, over: over.value };
}

/** A bare TLS connection, for peers that break the rules. Waits until it is closed and gives what it was sent. */
export async function strangerMeets(
  port: number,
  options: ConnectionOptions,
): Promise<{ heard: Buffer; socket: TLSSocket }> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  return { heard: Buffer.concat(chunks), socket };
}

/** A certificate of another kind than ours (ECDSA P-256), valid until 2126. */
export const P256 = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCoeehVrEvHMQZqRJ
sSZtKjbE++lc71zTvQT7jorw6D2hRANCAASwEKAeJE9IzzPddZ8fyMRlZlGH/XvP
44Q+MsjcxQJK2rXNvRw0jnwNRPtjsfVxN0QFsf99b+yjYCqeiyVBiKRj
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUEDQFCZ9CFFEj6uQxzYCdzWDYgFEwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIc3RyYW5nZXIwIBcNMjYxMTIwMTczMjM5WhgPMjEyNjEwMjcx
NzMyMzlaMBMxETAPBgNVBAMMCHN0cmFuZ2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEsBCgHiRPSM8z3XWfH8jEZWZRh/17z+OEPjLI3MUCStq1zb0cNI58DUT7
Y7H1cTdEBbH/fW/so2AqnoslQYikY6NTMFEwHQYDVR0OBBYEFPIq5osoLoDWPaCM
vTX+l2aWHJllMB8GA1UdIwQYMBaAFPIq5osoLoDWPaCMvTX+l2aWHJllMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgDBrcl8hbwVzF2zE/+NnxhS0p
ECCQbrR5vIHgBLt1zIQCIQCuek9cB2AdFcfhk1YTSRRycfDyWAN3bcD+6uVeFci3
TA==
-----END CERTIFICATE-----`,
};

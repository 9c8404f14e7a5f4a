// What tests of knocks share: listeners on loopback that admit every caller unless the test decides, and diallers.

import type { TestContext } from 'node:test';
import type { DeviceKeys } from '../../../protocols/kit/knock/knock-proof.js';
import { makeExchangeKey, makeSigningKey } from '../../../runtime/crypto.js';
import type { LinkSocket } from '../../../runtime/link/link-socket.js';
import { listenKnocks, type KnockListenOptions } from '../../../runtime/link/listen-knocks.js';
import type { KnockTerms } from '../../../runtime/link/sealed-knock.js';
import type { LinkListener } from '../../../runtime/link/tls-listener.js';
import type { Endpoint } from '../../../runtime/net/endpoint.js';
import { makeTestIdentity, type TestIdentity } from '../../fuzz/wire/test-identity.js';
import { expected } from './links.js';

export interface KnockHost {
  readonly listener: LinkListener;
  readonly endpoint: Endpoint;
  /** How its record lists it. */
  readonly keys: DeviceKeys;
  /** The first link. */
  readonly link: Promise<LinkSocket>;
  readonly refused: string[];
}

/** A listener of a new device, closed after the test. */
export async function listenForKnocks(
  context: TestContext,
  options: Partial<KnockListenOptions> = {},
): Promise<KnockHost> {
  const keys = { device: makeSigningKey(), exchange: makeExchangeKey() };
  const link = expected<LinkSocket>();
  const refused: string[] = [];
  const listener = await listenKnocks({
    ...{ host: '127.0.0.1', port: 0, keys },
    onCaller: (caller) => caller.admit(),
    onLink: link.come,
    onHttp: (socket) => socket.destroy(),
    onRefused: (why) => refused.push(why),
    ...options,
  });
  context.after(() => listener.close());
  const listed = { device: keys.device.publicKey, exchange: keys.exchange.publicKey };
  return { listener, endpoint: listener.endpoint, keys: listed, link: link.value, refused };
}

/** How a user knocks at a device. */
export function knockAs(listener: DeviceKeys, { device, record }: Pick<TestIdentity, 'device' | 'record'>): KnockTerms {
  return { device, record, listener };
}

export const bob = makeTestIdentity('bob');

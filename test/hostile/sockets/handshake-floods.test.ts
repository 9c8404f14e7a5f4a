// Strangers that open connections at the port of a client to make it compute: certificates and TLS handshakes.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { listenTls, type LinkListener } from '../../../runtime/link/tls-listener.js';
import { LINK_PROTOCOL, namelessTlsOptions } from '../../../runtime/link/tls-options.js';
import { rawSockets } from '../peers/raw-sockets.js';

interface Host {
  readonly listener: LinkListener;
  /** The certificates that were made. */
  readonly made: () => number;
}

/** A listener whose clock stands still. It admits every caller, or none. */
async function listen(t: TestContext, isAdmitting: boolean): Promise<Host> {
  let made = 0;
  const terms = namelessTlsOptions();
  const listener = await listenTls({
    host: '127.0.0.1',
    port: 0,
    protocols: [LINK_PROTOCOL],
    certificate: () => {
      made += 1;
      return terms;
    },
    onConnection: (connection) => {
      if (!isAdmitting) return;
      connection.admitted();
      connection.admitted();
    },
    onRefused: () => undefined,
    now: () => 0,
  });
  t.after(() => listener.close());
  return { listener, made: () => made };
}

/** A caller that finishes TLS. */
async function handshake(t: TestContext, { listener }: Host, localAddress = '127.0.0.1'): Promise<void> {
  const options = { ...listener.endpoint, localAddress, rejectUnauthorized: false, ALPNProtocols: [LINK_PROTOCOL] };
  const socket = connect(options);
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
}

test('[LINK-21] a connection that sends nothing costs no certificate', async (t) => {
  const host = await listen(t, true);
  await rawSockets(t, host.listener.endpoint.port, 20);
  await handshake(t, host);
  assert.equal(host.made(), 1);
});

test('[LINK-27] of one network so many handshakes begin, and another network gets in', async (t) => {
  const host = await listen(t, false);
  const { burst } = LIMITS.linkHandshakesPerNetwork;
  for (let opened = 0; opened < burst + 32; opened += 32) {
    const sockets = await rawSockets(t, host.listener.endpoint.port, 32);
    for (const socket of sockets) socket.write(Uint8Array.of(0x16));
  }
  await handshake(t, host, '127.0.1.1');
  assert.ok(host.made() <= burst + 1, `${host.made()} certificates`);
});

test('[LINK-27] handshakes of admitted callers do not count', async (t) => {
  const host = await listen(t, true);
  const count = LIMITS.linkHandshakesPerNetwork.burst + 8;
  for (let nth = 0; nth < count; nth += 8) await Promise.all(Array.from({ length: 8 }, () => handshake(t, host)));
  assert.equal(host.made(), count);
});

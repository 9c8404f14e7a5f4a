// Starts and stops the channels of a name server: the channel server, peer administration and the control socket.

import { startChannelServer, type ChannelServer } from '../channels/channel-server.js';
import { LIMITS } from '../protocols/kit/limits.js';
import type { SigningKey } from '../runtime/crypto.js';
import type { Log } from '../runtime/log.js';
import type { LineListener } from '../runtime/net/line-listener.js';
import { BindError, OperationalError } from '../runtime/operational-error.js';
import type { NameServerConfig } from './config.js';
import { listenControlSocket } from './peers/control-socket.js';
import { PeerAdministration } from './peers/peer-administration.js';
import type { RegistryStore } from './store/registry-store.js';

export interface ChannelHost {
  /** Null if channels are off on this server. */
  readonly channels: ChannelServer | null;
  readonly peerAdministration: PeerAdministration;
  stop(): Promise<void>;
}

export interface ChannelHostOptions {
  readonly key: SigningKey;
  readonly store: RegistryStore;
  /** True iff this server speaks for the origin (session, SESS-23). */
  readonly isOwnOrigin: (origin: string) => boolean;
  readonly log: Log;
  readonly onFault: (error: unknown) => void;
}

/** Throws OperationalError, or BindError if a port is taken. */
export async function startChannelHost(config: NameServerConfig, options: ChannelHostOptions): Promise<ChannelHost> {
  const channels = await startChannels(config, options);
  const peerAdministration = new PeerAdministration({ channels, serverKey: options.key.publicKey });
  const control = channels && (await tryControlSocket(config.data, peerAdministration, options.log));
  return {
    ...{ channels, peerAdministration },
    stop: async () => {
      await control?.close();
      await channels?.stop();
    },
  };
}

async function startChannels(
  config: NameServerConfig,
  { store, ...options }: ChannelHostOptions,
): Promise<ChannelServer | null> {
  const { channels, host, data, requestsPerMinute } = config;
  if (channels === null) return null;
  const ownersOf = (name: string): readonly string[] | null => {
    const listed = store.devices(name).filter(({ retiredAt }) => retiredAt === null);
    return listed.length === 0 ? null : listed.map(({ device }) => device);
  };
  try {
    const clientsPerNetworkMax = requestsPerMinute === 0 ? Infinity : LIMITS.channelClientsPerNetwork;
    return await startChannelServer({ ...options, config: channels, host, data, ownersOf, clientsPerNetworkMax });
  } catch (error) {
    throw isAboutPort(error) ? new BindError(error.message, { cause: error }) : error;
  }
}

function isAboutPort(error: unknown): error is OperationalError {
  const cause: unknown = error instanceof OperationalError ? error.cause : null;
  return cause instanceof Error && 'syscall' in cause && (cause.syscall === 'listen' || cause.syscall === 'bind');
}

/** Without a control socket the server runs, but takes no peer commands from other processes. */
async function tryControlSocket(
  data: string,
  administration: PeerAdministration,
  log: Log,
): Promise<LineListener | null> {
  try {
    return await listenControlSocket(data, administration);
  } catch (error) {
    log.warn({ err: error }, 'the control socket could not be opened: `nameserver peers` and the like will not work');
    return null;
  }
}

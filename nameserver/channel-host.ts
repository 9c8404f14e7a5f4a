// Channels as a name server carries them: the relay at work, who may order about its peers, and by which ways.

import { startChannelServer, type ChannelServer } from '../channels/channel-server.js';
import type { SigningKey } from '../runtime/crypto.js';
import type { Log } from '../runtime/log.js';
import type { LineListener } from '../runtime/net/line-listener.js';
import { Trouble } from '../runtime/trouble.js';
import { BindTrouble } from './bind-trouble.js';
import type { NameServerConfig } from './config.js';
import { listenControlSocket } from './peers/control-socket.js';
import { PeerAdministration } from './peers/peer-administration.js';
import type { RegistryStore } from './store/registry-store.js';

export interface ChannelHost {
  /** null: this server carries none. */
  readonly channels: ChannelServer | null;
  readonly desk: PeerAdministration;
  stop(): Promise<void>;
}

export interface ChannelHostOptions {
  readonly key: SigningKey;
  readonly store: RegistryStore;
  readonly log: Log;
  readonly onFault: (error: unknown) => void;
}

/** Throws Trouble, or BindTrouble where a port cannot be had. */
export async function startChannelHost(config: NameServerConfig, means: ChannelHostOptions): Promise<ChannelHost> {
  const channels = await begin(config, means);
  const desk = new PeerAdministration({ channels, serverKey: means.key.publicKey });
  const control = channels && (await tryControl(config.data, desk, means.log));
  return {
    ...{ channels, desk },
    stop: async () => {
      await control?.close();
      await channels?.stop();
    },
  };
}

async function begin(config: NameServerConfig, { store, ...means }: ChannelHostOptions): Promise<ChannelServer | null> {
  const { channels, host, data } = config;
  if (channels === null) return null;
  const ownersOf = (name: string): readonly string[] | null => {
    const listed = store.devices(name).filter(({ retiredAt }) => retiredAt === null);
    return listed.length === 0 ? null : listed.map(({ device }) => device);
  };
  try {
    return await startChannelServer({ ...means, config: channels, host, data, ownersOf });
  } catch (error) {
    throw isAboutPort(error) ? new BindTrouble(error.message, { cause: error }) : error;
  }
}

function isAboutPort(error: unknown): error is Trouble {
  const cause: unknown = error instanceof Trouble ? error.cause : null;
  return cause instanceof Error && 'syscall' in cause && (cause.syscall === 'listen' || cause.syscall === 'bind');
}

/** A server that cannot be told anything from outside is a server nevertheless. */
async function tryControl(data: string, desk: PeerAdministration, log: Log): Promise<LineListener | null> {
  try {
    return await listenControlSocket(data, desk);
  } catch (error) {
    log.warn({ err: error }, 'orders about peers cannot be given from outside');
    return null;
  }
}

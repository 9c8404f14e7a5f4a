// A running client: a data directory, its store and the device that works on it, behind the `ClientApi`.

import { join } from 'node:path';
import type { Answer } from '../protocols/control/answer.js';
import type { ClientEvent } from '../protocols/control/event.js';
import { changesIdentity, isArchiveCommand, type ArchiveCommand } from '../protocols/control/commands/archive.js';
import type { Command } from '../protocols/control/command.js';
import type { ClientApi, Ready } from '../protocols/control/client-api.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { assertNever } from '../protocols/kit/machine.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { VERSION } from '../protocols/kit/version.js';
import { lockDirectory, type DirectoryLock } from '../runtime/disk/directory-lock.js';
import { openIdentity, renewDevice } from '../runtime/disk/identity-file.js';
import { isLocked } from '../runtime/disk/locked-identity.js';
import { PendingAnswers } from '../runtime/pending-answers.js';
import { clock, watchSetBack } from '../runtime/sources.js';
import { DataDamage, isDataDamage, OperationalError, operationalError } from '../runtime/operational-error.js';
import { Archive } from './archive/archive.js';
import { STORE } from './archive/archive-context.js';
import { assertOwner, assertOwnKeys, openDataFiles } from './data-files.js';
import { applyPendingRestore } from './archive/pending-restore.js';
import type { ClientConfig } from './config.js';
import { Device, type ClientEffect } from './device.js';
import type { KeptLink } from './engine/core/io.js';
import { evidenceFile } from './evidence-file.js';
import { damageRefusal, RepairClient } from './repair-client.js';
import { SearchIndexer } from './search-indexer.js';
import { refuseTarget } from './transfers/download-target.js';
import { withPaths } from './transfers/typed-paths.js';
import type { SqliteStore } from './store/sqlite/sqlite-store.js';

const BACKUP_COST = {
  costLog2: LIMITS.scryptCostLog2,
  blocks: LIMITS.scryptBlockSize,
  lanes: LIMITS.scryptParallelism,
};

export interface RunningClient {
  readonly api: ClientApi;
  readonly ready: Ready;
  /** Lets go of ports and directory. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Opens the data directory and the ports, and starts. Throws OperationalError: one line for a person, and an
 * `exitCode`.
 */
export async function runClient(config: ClientConfig): Promise<RunningClient> {
  const lock = lockDirectory(config.data);
  if (lock.state === 'taken') throw lockedError(config, lock.pid);
  try {
    applyPendingRestore(config.data, clock.now());
    return await Client.start(config, lock);
  } catch (error) {
    const trouble = troubleOf(config, error);
    if (isDataDamage(trouble)) return runRepair(config, lock, trouble);
    lock.release();
    throw trouble;
  }
}

/** The restore must not need what it repairs. */
function runRepair(config: ClientConfig, lock: DirectoryLock & { state: 'locked' }, trouble: Error): RunningClient {
  const api = new RepairClient(archiveOf(config), damageRefusal(trouble));
  const ready = { user: config.user, tcp: 0, udp: 0, version: VERSION };
  const stop = once(() => api.idle().finally(() => lock.release()));
  return { api, ready, stop };
}

/** A damaged database is called by its name. */
function troubleOf({ data }: ClientConfig, error: unknown): OperationalError {
  if (isDataDamage(error) && !(error instanceof DataDamage))
    return new DataDamage(`${join(data, STORE)} is damaged.`, { cause: error });
  return operationalError(data, error, { data: '--data' });
}

function archiveOf(config: ClientConfig): Archive {
  return new Archive({ ...config, now: () => clock.now(), cost: BACKUP_COST });
}

/** The number of the command `online` after a key rotation: no question has it. */
const UNASKED = 0;

class Client implements ClientApi {
  private readonly pending = new PendingAnswers<Command, Answer>({
    send: (ref, command) => this.device.put({ type: 'command', ref, command }),
  });
  private readonly listeners = new Set<(event: ClientEvent) => void>();
  private port = 0;
  private device: Device;
  private readonly archive: Archive;
  private readonly indexing: SearchIndexer;
  /** A renewal under way, which an end has to wait for. */
  private renewing: Promise<void> = Promise.resolve();
  /** Set once the store was found damaged: the engine has stopped, and only a restore is carried out. */
  private repair: RepairClient | null = null;

  static async start(config: ClientConfig, lock: DirectoryLock & { state: 'locked' }): Promise<RunningClient> {
    const store = openDataFiles(config.data);
    try {
      assertOwner(store, config);
      assertOwnKeys(store, config);
      const client = new Client(config, store);
      client.port = await client.device.open(config.port);
      client.indexing.start();
      const unwatch = watchSetBack((follow) => void client.reload(follow));
      const ready = { user: config.user, tcp: client.port, udp: client.port, version: VERSION };
      const stop = once(() => {
        unwatch();
        return client.close().finally(() => lock.release());
      });
      return { api: client, ready, stop };
    } catch (error) {
      store.close();
      throw error;
    }
  }

  private constructor(
    private readonly config: ClientConfig,
    private readonly store: SqliteStore,
  ) {
    this.device = this.makeDevice();
    this.archive = archiveOf(config);
    this.indexing = new SearchIndexer(store, (error) => this.fail(troubleOf(config, error)));
  }

  command(typed: Command | ArchiveCommand): Promise<Answer> {
    const command = withPaths(typed);
    if (this.repair) return this.repair.command(command);
    if (isArchiveCommand(command)) return this.carryOut(command);
    return command.type === 'evidence' ? evidenceFile(command, () => this.pending.ask(command)) : this.askFor(command);
  }

  /** A target that can never be written is refused even while the friend is away. The engine knows of existing files. */
  private async askFor(command: Command): Promise<Answer> {
    const to = command.type === 'post_get' ? command.to : null;
    const refusal = command.type === 'post_get' && to !== null ? await refuseTarget(to, command.force, null) : null;
    if (refusal !== null && refusal.code !== 'FILE_EXISTS') return { ok: false, refusal };
    return this.pending.ask(command);
  }

  private async carryOut(command: ArchiveCommand): Promise<Answer> {
    const answer = await this.archive.carryOut(command);
    if (answer.ok && changesIdentity(command)) await this.reload();
    return answer;
  }

  onEvent(listener: (event: ClientEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async close(): Promise<void> {
    await this.renewing;
    await this.archive.idle();
    this.indexing.stop();
    if (!this.repair) await this.device.close();
    this.store.close();
  }

  private makeDevice(): Device {
    const { config, store } = this;
    const perform = (effect: ClientEffect): void => this.perform(effect);
    return new Device({ config, store, perform, onFault: (trouble) => this.fail(trouble) });
  }

  private perform(effect: ClientEffect): void {
    switch (effect.type) {
      case 'answer':
        return this.pending.resolve(effect.ref, effect.answer);
      case 'event':
        for (const listener of this.listeners) listener(effect.event);
        return;
      case 'renew_device':
        this.renewAfter(effect, this.device);
        return;
      default:
        return assertNever(effect);
    }
  }

  /** Every pending command is answered. Then the program ends with the line that says why, unless a restore helps. */
  private fail(trouble: OperationalError): void {
    if (isDataDamage(trouble)) return this.awaitRestore(troubleOf(this.config, trouble));
    this.pending.resolveAll({ ok: false, refusal: new Refusal('DISK_TROUBLE', trouble.message) });
    setImmediate(() => {
      throw trouble;
    });
  }

  private awaitRestore(damage: OperationalError): void {
    this.repair = new RepairClient(this.archive, damageRefusal(damage));
    for (const listener of this.listeners) this.repair.onEvent(listener);
    this.pending.resolveAll({ ok: false, refusal: damageRefusal(damage) });
    this.indexing.stop();
    this.renewing = this.renewing.then(() => this.device.close()).then(() => undefined);
  }

  /** `asking`: whose engine asks. Its links mean nothing to the device after it, whose engine asks again if it must. */
  private renewAfter(effect: Extract<ClientEffect, { type: 'renew_device' }>, asking: Device): void {
    this.renewing = this.renewing
      .then(() => (this.device === asking ? this.renew(effect) : undefined))
      .catch((error: unknown) => this.fail(troubleOf(this.config, error)));
  }

  /** An old copy of our data is running: a new device takes over, on the same store and ports. */
  private async renew({ online, links }: Extract<ClientEffect, { type: 'renew_device' }>): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)); // the turn that asked for it is finished first
    await this.replace({ online, links }, () => {
      // Locked while the renewal waited: the next engine finds the data old again, and waits for the key.
      if (!isLocked(openIdentity(this.config.data).identity)) renewDevice(this.config.data, clock.now());
    });
  }

  /** The identity file has changed, or the clock was set back: the same device goes on with it. */
  private reload(change: () => void = () => undefined): Promise<void> {
    this.renewing = this.renewing
      .then(async () => {
        const answer = await this.pending.ask({ type: 'whoami' });
        const isOnline = answer.ok && 'online' in answer.data && answer.data.online === true;
        await this.replace({ online: isOnline, links: [] }, change);
      })
      .catch((error: unknown) => this.fail(troubleOf(this.config, error)));
    return this.renewing;
  }

  private async replace(goesOn: { online: boolean; links: readonly KeptLink[] }, change: () => void): Promise<void> {
    const kept = await this.device.close(goesOn.links);
    change();
    const next = this.makeDevice();
    await next.open(this.port);
    // Only now: what is asked meanwhile goes to the old device, which does nothing, and is given again here, once.
    this.device = next;
    this.pending.resend();
    next.adopt(kept);
    if (goesOn.online) next.put({ type: 'command', ref: UNASKED, command: { type: 'online', acceptServer: false } });
  }
}

function lockedError(config: ClientConfig, pid: number | null): OperationalError {
  const who = pid === null ? 'Another client' : `Another client (process ${pid})`;
  return new OperationalError(
    `${who} is using ${config.data}. Stop it first, or choose another directory with --data.`,
  );
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}

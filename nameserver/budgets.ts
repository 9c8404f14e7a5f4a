// The budgets of the name server's core: what networks, names and all clients together may use.

import { Budget, type BudgetRates } from '../protocols/kit/bounds/budget.js';
import type { Rate } from '../protocols/kit/bounds/token-bucket.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { Refusal } from '../protocols/kit/refusals.js';

export interface Budgets {
  /** New names and groups, by network. */
  readonly newNames: Budget;
  /** Renewed records and letter keys, by name. */
  readonly renewals: Budget;
  /** Wrong invitation codes, by network. */
  readonly inviteGuesses: Budget;
  /** Signatures in publications, by network. */
  readonly entriesVerified: Budget;
  /** Bytes of publications, by network. */
  readonly publishedBytes: Budget;
  /** Names in `watch` frames, by user and by network. */
  readonly watchesOfName: Budget;
  readonly watchesOfNetwork: Budget;
  readonly lettersOfName: Budget;
  readonly lettersOfNetwork: Budget;
  /** Offers, answers and questions for letter keys. */
  readonly signalsOfName: Budget;
  readonly signalsOfNetwork: Budget;
  /** One-time keys, by the name that asks and the device. */
  readonly oneTimeKeysOfPair: Budget;
  /** One-time keys, by the name that asks. */
  readonly oneTimeKeysOfName: Budget;
  /** One-time keys, by the network that asks. */
  readonly oneTimeKeysOfNetwork: Budget;
  /** One-time keys, by the device. */
  readonly oneTimeKeysOfDevice: Budget;
  /** Bytes of letters that wait for their recipient. */
  readonly heldBytesOfName: Budget;
  readonly heldBytesOfNetwork: Budget;
}

/** Pairs of a name and a device, as `name device`: the table is fair to names. */
const PAIRS = { keysMax: LIMITS.budgetNamesMax, ownerOf: (pair: string): string => pair.split(' ')[0] ?? pair };

/** `areNetworksLimited`: false leaves only the budgets of names. */
export function openBudgets(areNetworksLimited: boolean): Budgets {
  const ofNetworks = (each: Rate, all: Rate): Budget => networkBudget(areNetworksLimited ? { each, all } : null);
  const ofNames = (each: Rate, all: Rate | null): Budget =>
    new Budget({ each, all }, { keysMax: LIMITS.budgetNamesMax });
  return {
    newNames: ofNetworks(LIMITS.newNamesPerNetwork, LIMITS.newNamesInAll),
    renewals: ofNames(LIMITS.renewalsPerName, LIMITS.renewalsInAll),
    inviteGuesses: ofNetworks(LIMITS.inviteGuessesPerNetwork, LIMITS.inviteGuessesInAll),
    entriesVerified: ofNetworks(LIMITS.entriesVerifiedPerNetwork, LIMITS.entriesVerifiedInAll),
    publishedBytes: ofNetworks(LIMITS.publishedBytesPerNetwork, LIMITS.publishedBytesInAll),
    watchesOfName: ofNames(LIMITS.watchesPerName, null),
    watchesOfNetwork: ofNetworks(LIMITS.watchesPerNetwork, LIMITS.watchesInAll),
    lettersOfName: ofNames(LIMITS.lettersPerName, null),
    lettersOfNetwork: ofNetworks(LIMITS.lettersPerNetwork, LIMITS.lettersInAll),
    signalsOfName: ofNames(LIMITS.signalsPerName, null),
    signalsOfNetwork: ofNetworks(LIMITS.signalsPerNetwork, LIMITS.signalsInAll),
    oneTimeKeysOfPair: new Budget({ each: LIMITS.oneTimeKeysPerPair, all: null }, PAIRS),
    oneTimeKeysOfName: ofNames(LIMITS.oneTimeKeysPerName, null),
    oneTimeKeysOfNetwork: ofNetworks(LIMITS.oneTimeKeysPerNetwork, LIMITS.oneTimeKeysInAll),
    oneTimeKeysOfDevice: ofNames(LIMITS.oneTimeKeysPerDevice, null),
    heldBytesOfName: ofNames(LIMITS.heldBytesPerName, null),
    heldBytesOfNetwork: ofNetworks(LIMITS.heldBytesPerNetwork, LIMITS.heldBytesInAll),
  };
}

/** A budget by network. `rates`: null for no limit. */
export function networkBudget(rates: BudgetRates | null): Budget {
  return Budget.ofNetworks(rates, LIMITS.budgetNetworksMax);
}

/** The refusal of a request that goes beyond a budget. */
export function tooMany(waitMs: number): Refusal {
  return new Refusal('TOO_MANY', `${Math.ceil(waitMs / 1_000)} s`);
}

// Retired words: names that this project once used and the field does not know, each with the word to use instead.

import ts from 'typescript';
import { findingAt, type Finding, type Source } from '../source.js';
import { wordsOf } from './words.js';

/** Refused in an exported name, and in the name of a file or a folder. */
const RETIRED_WORDS: Readonly<Record<string, string>> = {
  acting: 'commands',
  around: 'dependencies or options',
  arrival: 'validation',
  attention: 'keepalive',
  below: 'log view',
  books: 'follow store',
  cargo: 'payload',
  census: 'presence counts',
  censuses: 'presence counts',
  companions: 'group peers',
  deed: 'action',
  deeds: 'actions',
  departure: 'shutdown',
  desk: 'context',
  dice: 'random source',
  door: 'listener, connection or endpoint',
  doors: 'listeners, connections or endpoints',
  drawer: 'key store',
  face: 'user interface',
  fate: 'outcome',
  following: 'followed catalogue',
  giving: 'history server',
  given: 'parsed arguments',
  greetings: 'pending handshakes',
  hands: 'dependencies or options',
  harmless: 'sanitize',
  haste: 'exit mode',
  hearing: 'dispatch, or received frames',
  heir: 'successor',
  keepsake: 'preference',
  keepsakes: 'preferences',
  leading: 'leader',
  legacy: 'renewed memberships',
  life: 'client session',
  lives: 'sequence tracker',
  mailed: 'the past tense of what happened, like letterSent',
  meant: 'the kind of a name',
  means: 'dependencies or options',
  moment: 'format time',
  mortal: 'child process',
  nemesis: 'fault injector',
  news: 'events',
  outlet: 'writer',
  outrun: 'stale copy detected',
  pace: 'rate limiter',
  paint: 'colours',
  papers: 'device record',
  parcel: 'bundle',
  peering: 'peer protocol',
  puppet: 'fake peer',
  reassured: 'the past tense of what happened',
  refill: 'history recovery',
  renewal: 'key rotation',
  rival: 'fork candidate',
  ruin: 'fault injector',
  saying: 'outgoing queue',
  sayings: 'outgoing queue',
  shelf: 'store or buffer',
  shell: 'command runner',
  spans: 'membership intervals',
  speech: 'signed message',
  spoken: 'signed message',
  square: 'channels, or the session of the page',
  stamping: 'envelope',
  stand: 'campaign',
  stay: 'session',
  succession: 'election',
  surroundings: 'dependencies, options or host',
  switchboard: 'session manager',
  syncing: 'sync',
  talking: 'messages',
  told: 'parsed command',
  town: 'testbed',
  visit: 'the host of a channel client',
  voice: 'context, or speaker identity',
  voices: 'speaker identity',
  whisper: 'direct message',
  whispers: 'direct messages',
  wires: 'adapters',
  wish: 'join request',
  wishes: 'peer requests',
};

/** Refused as a whole exported name; part of a longer name they can be right. */
const RETIRED_NAMES: Readonly<Record<string, string>> = {
  Chain: 'MembershipLog',
  Copied: 'copy button',
  Hold: 'store-and-forward',
  Look: 'view options',
  Reach: 'connector',
  Tail: 'write batch',
  Tools: 'dependencies',
  Turn: 'context',
};

export function retiredWordsRule(source: Source): Finding[] {
  return [...inPath(source), ...exportedNames(source).flatMap((name) => inName(source, name))];
}

function inPath({ path }: Source): Finding[] {
  const words = path.split('/').flatMap(wordsOf);
  return retired(words).map((says) => ({ path, line: 1, says }));
}

function inName(source: Source, name: ts.Identifier): Finding[] {
  const instead = RETIRED_NAMES[name.text];
  const whole = instead === undefined ? [] : [`the name ${name.text} is retired: say ${instead}`];
  return [...whole, ...retired(wordsOf(name.text))].map((says) => findingAt(source, name.getStart(source.tree), says));
}

function retired(words: readonly string[]): string[] {
  return [...new Set(words)]
    .filter((word) => Object.hasOwn(RETIRED_WORDS, word))
    .map((word) => `the word "${word}" is retired: say ${RETIRED_WORDS[word] ?? ''}`);
}

function exportedNames(source: Source): ts.Identifier[] {
  return source.tree.statements.filter(isExported).flatMap((statement) => {
    const named = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    return named.flatMap(nameOf);
  });
}

function isExported(node: ts.Statement): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function nameOf(node: ts.Node): ts.Identifier[] {
  return 'name' in node && node.name && ts.isIdentifier(node.name as ts.Node) ? [node.name as ts.Identifier] : [];
}

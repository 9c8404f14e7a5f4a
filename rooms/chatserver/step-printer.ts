// Prints the steps of the protocol for people who want to watch it (`-v`): one line each, with microseconds.

import { harmless } from '../../protocols/kit/text.js';
import { membersOf, type Decision } from '../../protocols/rooms/view/decision.js';
import type { RoomEffect } from '../../protocols/rooms/room-server.js';
import type { Message } from '../../protocols/rooms/order/message.js';
import { traceMicros } from '../../runtime/sources.js';

type Print = (line: string) => void;

export function stepPrinter(index: number, print: Print): (effect: RoomEffect) => void {
  const who = `S${String(index + 1).padStart(2, '0')}`;
  return (effect) => {
    const what = stepText(effect);
    if (what !== null) print(`${(traceMicros() / 1e6).toFixed(6).padStart(13)} ${who} ${what}`);
  };
}

function stepText(effect: RoomEffect): string | null {
  switch (effect.kind) {
    case 'delivered':
      return `delivers  #${effect.position.count} ${messageText(effect.message)}`;
    case 'handed':
      return `hands out ${messageText(effect.message)}`;
    case 'installed':
      return viewText(effect.decision, effect.isMember);
    case 'noted':
      return effect.what;
    case 'remember':
      return `writes to disk: promised ${effect.memory.promised.round}.${effect.memory.promised.by + 1}`;
    case 'send':
    case 'tell':
      return null;
  }
}

function viewText(decision: Decision, isMember: boolean): string {
  const { view, isFresh, tail } = decision;
  const members = membersOf(decision).map((member) => member + 1);
  const how = `${isMember ? 'member' : 'outside'}${isFresh ? ', fresh' : ''}, ${tail.length} in its tail`;
  return `view ${view} of servers ${members.join(' ')} (${how})`;
}

function messageText({ from, seq, time, nth, operation }: Message): string {
  const { kind, room, nick, text } = operation;
  const said = kind === 'chat' ? `<${nick}> ${text}` : kind === 'place' ? `${nick} in room` : '';
  return harmless(`S${from + 1} seq ${seq} time ${time} nth ${nth} ${kind} room ${room} ${said}`);
}

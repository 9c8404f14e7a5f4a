// Prints the trace of `-v`: one line per protocol step, with microseconds.

import { sanitize } from '../../protocols/kit/sanitize.js';
import { viewMembers, type ViewDecision } from '../../protocols/rooms/view/view-decision.js';
import type { RoomEffect } from '../../protocols/rooms/room-server.js';
import type { OrderedMessage } from '../../protocols/rooms/order/message.js';
import { traceMicros } from '../../runtime/sources.js';

type Print = (line: string) => void;

export function tracePrinter(index: number, print: Print): (effect: RoomEffect) => void {
  const who = `S${String(index + 1).padStart(2, '0')}`;
  return (effect) => {
    const what = traceText(effect);
    if (what !== null) print(`${(traceMicros() / 1e6).toFixed(6).padStart(13)} ${who} ${what}`);
  };
}

function traceText(effect: RoomEffect): string | null {
  switch (effect.type) {
    case 'delivered':
      return `delivers  #${effect.position.count} ${messageText(effect.message)}`;
    case 'released':
      return `releases  ${messageText(effect.message)}`;
    case 'installed':
      return viewText(effect.decision, effect.isMember);
    case 'traced':
      return effect.text;
    case 'persist':
      return `writes to disk: promised ${effect.state.promised.round}.${effect.state.promised.by + 1}`;
    case 'send_packet':
    case 'send_line':
      return null;
  }
}

function viewText(decision: ViewDecision, isMember: boolean): string {
  const { view, isFresh, tail } = decision;
  const members = viewMembers(decision).map((member) => member + 1);
  const how = `${isMember ? 'member' : 'outside'}${isFresh ? ', fresh' : ''}, ${tail.length} in the tail`;
  return `view ${view} of servers ${members.join(' ')} (${how})`;
}

function messageText({ from, seq, time, nth, operation }: OrderedMessage): string {
  const { type, room, nick, text } = operation;
  const said = type === 'chat' ? `<${nick}> ${text}` : type === 'occupancy' ? `${nick} in room` : '';
  return sanitize(`S${from + 1} seq ${seq} time ${time} nth ${nth} ${type} room ${room} ${said}`);
}

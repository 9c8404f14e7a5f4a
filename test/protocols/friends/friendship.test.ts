// The friendship state machine: checked against the tables in SPEC.md, and two instances against each other.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyAction,
  applyLetter,
  type FriendshipState,
  type Friendship,
  type FriendshipAction,
  type FriendshipLetter,
  type FriendshipTransition,
} from '../../../protocols/friends/friendship.js';

const STATES: readonly Friendship[] = ['none', 'asked', 'wanted', 'friend'];
const ACTIONS: readonly FriendshipAction[] = ['ask', 'accept', 'reject', 'remove'];
const EPOCH = 3;

/** The letter that tells the other side the current state. */
const STATE_LETTER = { none: 'send_bye', asked: 'send_request', wanted: 'send_bye', friend: 'send_accepted' };

const EFFECTS: Record<string, RegExp> = {
  '*request*': /^send_request$/,
  '*accepted*': /^send_accepted$/,
  '*rejected*': /^send_rejected$/,
  '*bye*': /^send_bye$/,
  notify: /^notify_/,
};

/** The rows of the tables in SPEC.md: first our commands, then their letters. */
const [actionRows, letterRows] = readFileSync('protocols/friends/SPEC.md', 'utf8')
  .split(/\n\| state \|/)
  .slice(1)
  .map((table) => new Map(table.split('\n').map(cellsOf)));

function cellsOf(line: string): [string, string[]] {
  const cells = line.split('|').map((cell) => cell.trim());
  return [cells[1] ?? '', cells.slice(2)];
}

/** The words of one cell; none if the cell is empty. */
function words(rows: Map<string, string[]> | undefined, state: Friendship, column: number): string[] {
  const row = rows?.get(state);
  assert.ok(row, `SPEC.md has a row for ${state}`);
  return (row[column] ?? '').split(/,\s*/).filter((word) => word !== '');
}

function assertStep(step: FriendshipTransition | null, cell: readonly string[]): void {
  const [to, ...rest] = cell;
  if (to === undefined) return assert.equal(step, null);
  const raisesEpoch = rest.at(-1) === 'epoch + 1';
  const effects = raisesEpoch ? rest.slice(0, -1) : rest;
  assert.deepEqual(step?.to, { friendship: to, epoch: raisesEpoch ? EPOCH + 1 : EPOCH });
  assert.equal(step.effects.length, effects.length);
  effects.forEach((word, k) => assert.match(step.effects[k] ?? '', EFFECTS[word] ?? /^$/));
}

for (const friendship of STATES) {
  ACTIONS.forEach((action, column) => {
    const cell = words(actionRows, friendship, column);
    test(`[FRIEND-2] ${friendship}, command ${action}: ${cell.join(', ') || 'no effect'}`, () =>
      assertStep(applyAction({ friendship, epoch: EPOCH }, action), cell));
  });

  (['request', 'accepted'] as const).forEach((type, column) => {
    const cell = words(letterRows, friendship, column);
    test(`[FRIEND-2] ${friendship}, letter ${type}: ${cell.join(', ') || 'no effect'}`, () =>
      assertStep(applyLetter({ friendship, epoch: EPOCH }, { type, epoch: EPOCH }), cell));
  });

  test(`[FRIEND-7] ${friendship}: a rejection of the current epoch has no effect`, () => {
    for (const type of ['rejected', 'bye'] as const) {
      assert.equal(applyLetter({ friendship, epoch: EPOCH }, { type, epoch: EPOCH }), null);
    }
  });

  test(`[FRIEND-7] ${friendship}: a stale request gets the current state, a stale rejection no answer`, () => {
    const state = { friendship, epoch: EPOCH };
    for (const type of ['request', 'accepted'] as const) {
      assert.deepEqual(applyLetter(state, { type, epoch: EPOCH - 1 }), {
        to: state,
        effects: [STATE_LETTER[friendship]],
      });
    }
    for (const type of ['rejected', 'bye'] as const) assert.equal(applyLetter(state, { type, epoch: EPOCH - 1 }), null);
  });
}

const LATER: readonly [Friendship, FriendshipLetter['type'], Friendship, FriendshipTransition['effects']][] = [
  ['none', 'bye', 'none', []],
  ['wanted', 'bye', 'none', []],
  ['friend', 'bye', 'none', ['notify_removed']],
  ['friend', 'rejected', 'none', ['notify_removed']],
  ['asked', 'bye', 'asked', ['send_request']],
  ['asked', 'rejected', 'none', ['notify_rejected']],
  ['friend', 'request', 'wanted', ['notify_removed', 'notify_request']],
  ['asked', 'request', 'friend', ['send_accepted', 'notify_added']],
];

for (const [friendship, type, to, effects] of LATER) {
  test(`[FRIEND-7] ${friendship}, ${type} of a higher epoch: first the rejection applies, then the letter`, () => {
    const step = applyLetter({ friendship, epoch: EPOCH }, { type, epoch: EPOCH + 4 });
    assert.deepEqual(step, { to: { friendship: to, epoch: EPOCH + 4 }, effects });
  });
}

test('[FRIEND-7] the epoch does not rise above the largest safe integer', () => {
  const epoch = Number.MAX_SAFE_INTEGER;
  assert.equal(applyAction({ friendship: 'friend', epoch }, 'remove')?.to.epoch, epoch);
});

/** One of two sides, and the letters in transit to it. */
class Side {
  state: FriendshipState = { friendship: 'none', epoch: 1 };
  readonly mail: FriendshipLetter[] = [];

  take(step: FriendshipTransition | null, other: Side): void {
    if (!step) return;
    this.state = step.to;
    const letters = {
      send_request: 'request',
      send_accepted: 'accepted',
      send_rejected: 'rejected',
      send_bye: 'bye',
    } as const;
    for (const effect of step.effects) {
      if (effect in letters)
        other.mail.push({ type: letters[effect as keyof typeof letters], epoch: this.state.epoch });
    }
  }

  open(other: Side): void {
    const letter = this.mail.shift();
    if (letter) this.take(applyLetter(this.state, letter), other);
  }
}

type Move = 'open' | FriendshipAction;

function play(moves: readonly { isFirst: boolean; move: Move }[]): [Side, Side] {
  const [one, two]: [Side, Side] = [new Side(), new Side()];
  for (const { isFirst, move } of moves) {
    const [me, other] = isFirst ? [one, two] : [two, one];
    if (move === 'open') me.open(other);
    else me.take(applyAction(me.state, move), other);
  }
  for (let left = 200; left > 0 && one.mail.length + two.mail.length > 0; left -= 1) {
    one.open(two);
    two.open(one);
  }
  return [one, two];
}

const first = (move: Move) => ({ isFirst: true, move });
const second = (move: Move) => ({ isFirst: false, move });
const states = ([one, two]: [Side, Side]) => [one.state.friendship, two.state.friendship];

test('[FRIEND-1] after any commands of two sides, letters in order bring both to the same state', () => {
  const move = fc.constantFrom<Move>('open', 'open', 'ask', 'accept', 'reject', 'remove');
  fc.assert(
    fc.property(fc.array(fc.record({ isFirst: fc.boolean(), move }), { maxLength: 40 }), (moves) => {
      const [one, two] = play(moves);
      assert.deepEqual([one.mail, two.mail], [[], []], 'the exchange of letters ends');
      const [a, b] = [one.state.friendship, two.state.friendship];
      assert.equal(a === 'friend', b === 'friend', `${a} and ${b}`);
      if (a === 'asked') assert.equal(b, 'wanted');
    }),
    { numRuns: 5_000 },
  );
});

test('[FRIEND-1] a request and an acceptance, or two crossing requests, make a friendship', () => {
  const asked = [first('ask'), second('open'), second('accept')];
  assert.deepEqual(states(play(asked)), ['friend', 'friend']);
  assert.deepEqual(states(play([first('ask'), second('ask')])), ['friend', 'friend']);
  assert.deepEqual(states(play([first('ask')])), ['asked', 'wanted']);
});

test('[FRIEND-3] either side ends the friendship alone, and the other side ends it too', () => {
  const friends = [first('ask'), second('open'), second('accept'), first('open')];
  assert.deepEqual(states(play([...friends, first('remove')])), ['none', 'none']);
  assert.deepEqual(states(play([...friends, second('remove')])), ['none', 'none']);
});

test('[FRIEND-7] an acceptance from before a rejection does not count after it', () => {
  const crossing = [first('ask'), second('open'), first('remove'), second('accept'), first('ask')];
  const [one, two] = play(crossing);
  assert.deepEqual([one.state.friendship, two.state.friendship], ['asked', 'wanted']);
});

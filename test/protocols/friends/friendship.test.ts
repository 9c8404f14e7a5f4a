// Friendship: the tables of SPEC.md, read from that page, and what follows when two sides play them against each other.

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
const ACTS: readonly FriendshipAction[] = ['ask', 'accept', 'reject', 'remove'];
const EPOCH = 3;

/** What a letter says to somebody about what they are to me now. */
const PRESENT = { none: 'send_bye', asked: 'send_request', wanted: 'send_bye', friend: 'send_accepted' };

const MEANS: Record<string, RegExp> = {
  '*request*': /^send_request$/,
  '*yes*': /^send_accepted$/,
  '*no*': /^send_rejected$/,
  '*bye*': /^send_bye$/,
  tell: /^tell_/,
};

/** The rows of the page's tables: the first tells what I do, the second what letters do. */
const [actRows, letterRows] = readFileSync('protocols/friends/SPEC.md', 'utf8')
  .split(/\n\| state \|/)
  .slice(1)
  .map((table) => new Map(table.split('\n').map(cellsOf)));

function cellsOf(line: string): [string, string[]] {
  const cells = line.split('|').map((cell) => cell.trim());
  return [cells[1] ?? '', cells.slice(2)];
}

/** The words of one cell, none where the table is empty. */
function words(rows: Map<string, string[]> | undefined, state: Friendship, column: number): string[] {
  const row = rows?.get(state);
  assert.ok(row, `the page has a row for ${state}`);
  return (row[column] ?? '').split(/,\s*/).filter((word) => word !== '');
}

function assertStep(step: FriendshipTransition | null, cell: readonly string[]): void {
  const [to, ...rest] = cell;
  if (to === undefined) return assert.equal(step, null);
  const isNo = rest.at(-1) === 'epoch + 1';
  const effects = isNo ? rest.slice(0, -1) : rest;
  assert.deepEqual(step?.to, { friendship: to, epoch: isNo ? EPOCH + 1 : EPOCH });
  assert.equal(step.effects.length, effects.length);
  effects.forEach((word, k) => assert.match(step.effects[k] ?? '', MEANS[word] ?? /^$/));
}

for (const friendship of STATES) {
  ACTS.forEach((doing, column) => {
    const cell = words(actRows, friendship, column);
    test(`[FRIEND-2] ${friendship}, and I ${doing}: ${cell.join(', ') || 'nothing changes'}`, () =>
      assertStep(applyAction({ friendship, epoch: EPOCH }, doing), cell));
  });

  (['request', 'accepted'] as const).forEach((says, column) => {
    const cell = words(letterRows, friendship, column);
    test(`[FRIEND-2] ${friendship}, and a ${says} comes: ${cell.join(', ') || 'nothing changes'}`, () =>
      assertStep(applyLetter({ friendship, epoch: EPOCH }, { type: says, epoch: EPOCH }), cell));
  });

  test(`[FRIEND-7] ${friendship}, and a no of this epoch comes: it says nothing new`, () => {
    for (const says of ['rejected', 'bye'] as const) {
      assert.equal(applyLetter({ friendship, epoch: EPOCH }, { type: says, epoch: EPOCH }), null);
    }
  });

  test(`[FRIEND-7] ${friendship}, and a stale letter comes: a wish is answered by what we are, a no by nothing`, () => {
    const bond = { friendship, epoch: EPOCH };
    for (const says of ['request', 'accepted'] as const) {
      assert.deepEqual(applyLetter(bond, { type: says, epoch: EPOCH - 1 }), {
        to: bond,
        effects: [PRESENT[friendship]],
      });
    }
    for (const says of ['rejected', 'bye'] as const)
      assert.equal(applyLetter(bond, { type: says, epoch: EPOCH - 1 }), null);
  });
}

const LATER: readonly [Friendship, FriendshipLetter['type'], Friendship, FriendshipTransition['effects']][] = [
  ['none', 'bye', 'none', []],
  ['wanted', 'bye', 'none', []],
  ['friend', 'bye', 'none', ['tell_removed']],
  ['friend', 'rejected', 'none', ['tell_removed']],
  ['asked', 'bye', 'asked', ['send_request']],
  ['asked', 'rejected', 'none', ['tell_rejected']],
  ['friend', 'request', 'wanted', ['tell_removed', 'tell_request']],
  ['asked', 'request', 'friend', ['send_accepted', 'tell_added']],
];

for (const [friendship, says, to, effects] of LATER) {
  test(`[FRIEND-7] ${friendship}, and a ${says} of a higher epoch comes: first the no, then the letter`, () => {
    const step = applyLetter({ friendship, epoch: EPOCH }, { type: says, epoch: EPOCH + 4 });
    assert.deepEqual(step, { to: { friendship: to, epoch: EPOCH + 4 }, effects });
  });
}

test('[FRIEND-7] at the end of numbers the epoch stays there', () => {
  const epoch = Number.MAX_SAFE_INTEGER;
  assert.equal(applyAction({ friendship: 'friend', epoch }, 'remove')?.to.epoch, epoch);
});

/** One of two sides, and the letters on their way to it. */
class Side {
  bond: FriendshipState = { friendship: 'none', epoch: 1 };
  readonly mail: FriendshipLetter[] = [];

  take(step: FriendshipTransition | null, other: Side): void {
    if (!step) return;
    this.bond = step.to;
    const says = {
      send_request: 'request',
      send_accepted: 'accepted',
      send_rejected: 'rejected',
      send_bye: 'bye',
    } as const;
    for (const effect of step.effects) {
      if (effect in says) other.mail.push({ type: says[effect as keyof typeof says], epoch: this.bond.epoch });
    }
  }

  open(other: Side): void {
    const letter = this.mail.shift();
    if (letter) this.take(applyLetter(this.bond, letter), other);
  }
}

type Move = 'open' | FriendshipAction;

function play(moves: readonly { isFirst: boolean; move: Move }[]): [Side, Side] {
  const [one, two]: [Side, Side] = [new Side(), new Side()];
  for (const { isFirst, move } of moves) {
    const [me, other] = isFirst ? [one, two] : [two, one];
    if (move === 'open') me.open(other);
    else me.take(applyAction(me.bond, move), other);
  }
  for (let left = 200; left > 0 && one.mail.length + two.mail.length > 0; left -= 1) {
    one.open(two);
    two.open(one);
  }
  return [one, two];
}

const first = (move: Move) => ({ isFirst: true, move });
const second = (move: Move) => ({ isFirst: false, move });
const states = ([one, two]: [Side, Side]) => [one.bond.friendship, two.bond.friendship];

test('[FRIEND-1] however two sides ask, answer and end it, letters in order leave both with the same belief', () => {
  const move = fc.constantFrom<Move>('open', 'open', 'ask', 'accept', 'reject', 'remove');
  fc.assert(
    fc.property(fc.array(fc.record({ isFirst: fc.boolean(), move }), { maxLength: 40 }), (moves) => {
      const [one, two] = play(moves);
      assert.deepEqual([one.mail, two.mail], [[], []], 'letters do not go back and forth for ever');
      const [a, b] = [one.bond.friendship, two.bond.friendship];
      assert.equal(a === 'friend', b === 'friend', `${a} and ${b}`);
      if (a === 'asked') assert.equal(b, 'wanted');
    }),
    { numRuns: 5_000 },
  );
});

test('[FRIEND-1] a request and an acceptance, or two requests that cross, make friends', () => {
  const asked = [first('ask'), second('open'), second('accept')];
  assert.deepEqual(states(play(asked)), ['friend', 'friend']);
  assert.deepEqual(states(play([first('ask'), second('ask')])), ['friend', 'friend']);
  assert.deepEqual(states(play([first('ask')])), ['asked', 'wanted']);
});

test('[FRIEND-3] either ends it alone, and the other ends it too', () => {
  const friends = [first('ask'), second('open'), second('accept'), first('open')];
  assert.deepEqual(states(play([...friends, first('remove')])), ['none', 'none']);
  assert.deepEqual(states(play([...friends, second('remove')])), ['none', 'none']);
});

test('[FRIEND-7] a yes from before a no is not taken for one from after it', () => {
  const crossing = [first('ask'), second('open'), first('remove'), second('accept'), first('ask')];
  const [one, two] = play(crossing);
  assert.deepEqual([one.bond.friendship, two.bond.friendship], ['asked', 'wanted']);
});

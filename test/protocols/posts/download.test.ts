// One download: whom it asks, what it does about liars, and when it gives up or tells.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Download, type DownloadInput, type FetchFailure } from '../../../protocols/posts/download.js';
import { Random } from '../../sim/kernel/random.js';

class Scene {
  now = 0;
  readonly download: Download;

  constructor(isReshared = false) {
    this.download = new Download({ author: 'alice', isReshared, random: new Random(1) });
  }

  put(input: DownloadInput): string[] {
    return this.download.handle(input, this.now).map((effect) => {
      const { type: kind, ...rest } = effect;
      return [kind, ...Object.values(rest)].join(' ').trim();
    });
  }

  turn(isResumed = false): string[] {
    return this.put({ type: 'start', isResumed });
  }

  ended(failure: FetchFailure, received = 0): string[] {
    return this.put({ type: 'fetch_failed', failure, why: 'why.', received });
  }

  /** Lets time pass up to the next wake. */
  wake(): string[] {
    this.now = this.download.wakeAt() ?? this.now;
    return this.put({ type: 'wake' });
  }
}

test('[POST-20] it waits for its turn, fetches, is placed, and is over', () => {
  const scene = new Scene();
  assert.deepEqual(scene.put({ type: 'source_found', by: 'carol' }), []);
  assert.deepEqual(scene.turn(), ['fetch alice false']);
  assert.deepEqual(scene.put({ type: 'fetched' }), ['place']);
  assert.deepEqual(scene.put({ type: 'placed', path: 'p' }), ['discard', 'done p']);
  assert.ok(scene.download.isOver);
  assert.deepEqual(scene.ended('interrupted'), []);
});

test('[POST-25] what breaks off is tried again, each time later', () => {
  const scene = new Scene();
  scene.turn();
  const waits: number[] = [];
  for (let k = 0; k < 4; k += 1) {
    scene.put({ type: 'progress', received: 0 });
    assert.deepEqual(scene.ended('interrupted'), []);
    const from = scene.now;
    const effects = scene.wake();
    waits.push(scene.now - from);
    assert.deepEqual(effects, ['fetch alice false']);
  }
  assert.ok((waits[3] ?? 0) > (waits[0] ?? 0));
  assert.ok(waits.every((wait) => wait <= LIMITS.postRetryCeilingMs));
});

test('[POST-25] after 30 s without a byte whoever asked is told once; bytes put that off', () => {
  const scene = new Scene();
  scene.turn();
  scene.now = 20_000;
  scene.put({ type: 'progress', received: 5 });
  assert.equal(scene.download.wakeAt(), 20_000 + LIMITS.postWaitingReportMs);
  scene.put({ type: 'progress', received: 5 });
  assert.equal(scene.download.wakeAt(), 20_000 + LIMITS.postWaitingReportMs, 'no byte, no delay');
  assert.deepEqual(scene.wake(), ['report_waiting']);
  assert.equal(scene.download.wakeAt(), null);
});

test('[POST-25] whoever waits for a source that comes back tries it at once', () => {
  const scene = new Scene();
  scene.turn();
  scene.ended('interrupted');
  assert.deepEqual(scene.put({ type: 'reachable', user: 'bob' }), []);
  assert.deepEqual(scene.put({ type: 'reachable', user: 'alice' }), ['fetch alice false']);
  assert.deepEqual(scene.put({ type: 'reachable', user: 'alice' }), []);
});

test('[POST-22] [POST-24] an author who lies about size or hash ends the download', () => {
  const scene = new Scene(true);
  scene.turn();
  assert.deepEqual(scene.ended('wrong_headers'), ['discard', 'failed POST_FALSE alice']);
});

test('[POST-23] [POST-24] all bytes from a false author end it, and nothing is kept', () => {
  const scene = new Scene();
  scene.turn();
  scene.put({ type: 'progress', received: 9 });
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'failed POST_FALSE alice']);
});

test('[POST-23] bytes of several sources blame nobody: once more, from one alone', () => {
  const scene = new Scene(true);
  scene.turn();
  scene.ended('interrupted', 4);
  assert.deepEqual(scene.put({ type: 'source_found', by: 'carol' }), ['fetch carol false']);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['fetch carol true']);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'ask_friends']);
  assert.deepEqual(scene.put({ type: 'source_found', by: 'carol' }), [], 'she is out');
  assert.deepEqual(scene.wake(), ['fetch alice false']);
});

test('[POST-23] after that nothing is mixed again: of two liars who take turns each is found out', () => {
  const scene = new Scene(true);
  scene.turn();
  scene.ended('not_found');
  scene.put({ type: 'source_found', by: 'carol' });
  scene.put({ type: 'source_found', by: 'dave' });
  scene.ended('interrupted', 4);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['fetch dave true'], 'carol and dave: nobody is blamed');
  const asked = scene.ended('interrupted', 4);
  assert.deepEqual([...asked, ...scene.wake()], ['ask_friends', 'fetch carol true'], 'what dave sent is thrown away');
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'fetch dave false'], 'all of it was hers');
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'ask_friends']);
  assert.equal(scene.wake().length, 1, 'both are out, and friends are asked for others');
});

test('[POST-26] a name that is taken ends it before anything is fetched, and what is there is kept', () => {
  const scene = new Scene();
  scene.turn();
  assert.deepEqual(scene.ended('target_exists'), ['failed FILE_EXISTS why.']);
});

test('[POST-23] bytes from before a restart blame nobody', () => {
  const scene = new Scene();
  scene.turn(true);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['fetch alice true']);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'failed POST_FALSE alice']);
});

test('[POST-29] while the author is away friends are asked, and the first who has it serves', () => {
  const scene = new Scene(true);
  scene.turn();
  assert.deepEqual(scene.ended('interrupted'), ['ask_friends']);
  assert.deepEqual(scene.put({ type: 'source_found', by: 'carol' }), ['fetch carol false']);
  assert.deepEqual(scene.put({ type: 'source_found', by: 'dave' }), []);
  assert.deepEqual(scene.ended('not_found'), ['fetch dave false']);
  assert.deepEqual(scene.ended('interrupted'), ['ask_friends']);
  assert.deepEqual(scene.wake(), ['fetch alice false']);
  assert.deepEqual(scene.ended('interrupted'), ['fetch dave false']);
});

test('[POST-29] nobody is asked for a post that is not reshared', () => {
  const scene = new Scene();
  scene.turn();
  assert.deepEqual(scene.ended('interrupted'), []);
});

test('[POST-19] an author who has lost the file ends it, unless friends may have it', () => {
  const [plain, reshared] = [new Scene(), new Scene(true)];
  plain.turn();
  assert.deepEqual(plain.ended('not_found'), ['discard', 'failed POST_GONE alice']);
  reshared.turn();
  assert.deepEqual(reshared.ended('not_found'), ['ask_friends']);
  assert.deepEqual(reshared.wake(), ['ask_friends']);
  assert.deepEqual(reshared.put({ type: 'source_found', by: 'carol' }), ['fetch carol false']);
});

test('[POST-27] trouble with our disk ends it, and nothing stays', () => {
  const scene = new Scene();
  scene.turn();
  assert.deepEqual(scene.ended('disk_error', 3), ['discard', 'failed FILE_TROUBLE why.']);
});

test('[POST-26] a place that is taken ends it', () => {
  const scene = new Scene();
  scene.turn();
  scene.put({ type: 'fetched' });
  const effects = scene.put({ type: 'place_failed', code: 'FILE_EXISTS', about: 'p' });
  assert.deepEqual(effects, ['failed FILE_EXISTS p'], 'what has come is kept');
});

test('[POST-26] the word of a placing that is past changes nothing', () => {
  const scene = new Scene();
  scene.turn();
  assert.deepEqual(scene.put({ type: 'placed', path: 'p' }), []);
  assert.deepEqual(scene.put({ type: 'place_failed', code: 'FILE_EXISTS', about: 'p' }), []);
  assert.deepEqual(scene.put({ type: 'fetched' }), ['place']);
});

test('[POST-20] whoever cancels it stops the fetch', () => {
  const scene = new Scene();
  scene.turn();
  const effects = scene.put({ type: 'stop', code: 'POST_CANCELLED', about: 'x' });
  assert.deepEqual(effects, ['stop_fetch', 'discard', 'failed POST_CANCELLED x']);
});

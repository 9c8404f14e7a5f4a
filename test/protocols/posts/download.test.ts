// Tests the state machine of one download: sources, retries, false sources and endings.

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
    return this.download
      .handle(input, this.now)
      .filter(({ type }) => type !== 'waits') // tested with the engine
      .map((effect) => {
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

  /** Advances the time to the next wake. */
  wake(): string[] {
    this.now = this.download.wakeAt() ?? this.now;
    return this.put({ type: 'wake' });
  }
}

test('[POST-20] a download waits in the queue, fetches, is placed and ends', () => {
  const scene = new Scene();
  assert.deepEqual(scene.put({ type: 'source_found', by: 'carol' }), []);
  assert.deepEqual(scene.turn(), ['fetch alice false']);
  assert.deepEqual(scene.put({ type: 'fetched' }), ['place']);
  assert.deepEqual(scene.put({ type: 'placed', path: 'p' }), ['discard', 'done p']);
  assert.ok(scene.download.isOver);
  assert.deepEqual(scene.ended('interrupted'), []);
});

test('[POST-25] an interrupted fetch is retried with increasing waits', () => {
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

test('[POST-25] after 30 s without a byte the user is notified once; each byte restarts the time', () => {
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

test('[POST-25] a waiting download tries a reachable source at once', () => {
  const scene = new Scene();
  scene.turn();
  scene.ended('interrupted');
  assert.deepEqual(scene.put({ type: 'reachable', user: 'bob' }), []);
  assert.deepEqual(scene.put({ type: 'reachable', user: 'alice' }), ['fetch alice false']);
  assert.deepEqual(scene.put({ type: 'reachable', user: 'alice' }), []);
});

test('[POST-22] [POST-24] an author that reports another size or hash ends the download', () => {
  const scene = new Scene(true);
  scene.turn();
  assert.deepEqual(scene.ended('wrong_headers'), ['discard', 'failed POST_FALSE alice']);
});

test('[POST-23] [POST-24] wrong bytes from the author alone end the download and are deleted', () => {
  const scene = new Scene();
  scene.turn();
  scene.put({ type: 'progress', received: 9 });
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'failed POST_FALSE alice']);
});

test('[POST-23] with wrong bytes from several sources no source is blamed: the download restarts with one', () => {
  const scene = new Scene(true);
  scene.turn();
  scene.ended('interrupted', 4);
  assert.deepEqual(scene.put({ type: 'source_found', by: 'carol' }), ['fetch carol false']);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['fetch carol true']);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'ask_friends']);
  assert.deepEqual(scene.put({ type: 'source_found', by: 'carol' }), [], 'she is out');
  assert.deepEqual(scene.wake(), ['fetch alice false']);
});

test('[POST-23] after that sources are not mixed again, so each of two false sources is found', () => {
  const scene = new Scene(true);
  scene.turn();
  scene.ended('not_found');
  scene.put({ type: 'source_found', by: 'carol' });
  scene.put({ type: 'source_found', by: 'dave' });
  scene.ended('interrupted', 4);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['fetch dave true'], 'carol and dave: no source is blamed');
  const asked = scene.ended('interrupted', 4);
  assert.deepEqual([...asked, ...scene.wake()], ['ask_friends', 'fetch carol true'], 'the bytes of dave are deleted');
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'fetch dave false'], 'all bytes came from carol');
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'ask_friends']);
  assert.equal(scene.wake().length, 1, 'both are out, and friends are asked for others');
});

test('[POST-26] an existing target ends the download before it fetches, and keeps its bytes', () => {
  const scene = new Scene();
  scene.turn();
  assert.deepEqual(scene.ended('target_exists'), ['failed FILE_EXISTS why.']);
});

test('[POST-23] bytes of an earlier run blame no source', () => {
  const scene = new Scene();
  scene.turn(true);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['fetch alice true']);
  assert.deepEqual(scene.ended('wrong_hash', 9), ['discard', 'failed POST_FALSE alice']);
});

test('[POST-29] while the author is offline friends are asked, and the first that has the file serves it', () => {
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

test('[POST-29] friends are not asked for a post without `isReshared`', () => {
  const scene = new Scene();
  scene.turn();
  assert.deepEqual(scene.ended('interrupted'), []);
});

test('[POST-19] an author without the file ends the download, unless friends may have it', () => {
  const [plain, reshared] = [new Scene(), new Scene(true)];
  plain.turn();
  assert.deepEqual(plain.ended('not_found'), ['discard', 'failed POST_GONE alice']);
  reshared.turn();
  assert.deepEqual(reshared.ended('not_found'), ['ask_friends']);
  assert.deepEqual(reshared.wake(), ['ask_friends']);
  assert.deepEqual(reshared.put({ type: 'source_found', by: 'carol' }), ['fetch carol false']);
});

test('[POST-27] an error of the own disk ends the download and deletes its bytes', () => {
  const scene = new Scene();
  scene.turn();
  assert.deepEqual(scene.ended('disk_error', 3), ['discard', 'failed FILE_TROUBLE why.']);
});

test('[POST-26] an existing target at placement ends the download', () => {
  const scene = new Scene();
  scene.turn();
  scene.put({ type: 'fetched' });
  const effects = scene.put({ type: 'place_failed', code: 'FILE_EXISTS', about: 'p' });
  assert.deepEqual(effects, ['failed FILE_EXISTS p'], 'the bytes are kept');
});

test('[POST-31] trouble with the target ends the download, before or after it fetches, and keeps its bytes', () => {
  const before = new Scene();
  before.turn();
  assert.deepEqual(before.ended('target_trouble'), ['failed FILE_TROUBLE why.']);
  const device = new Scene();
  device.turn();
  assert.deepEqual(device.ended('target_no_file'), ['failed TARGET_NO_FILE why.']);
  const after = new Scene();
  after.turn();
  after.put({ type: 'fetched' });
  const effects = after.put({ type: 'place_failed', code: 'FILE_TROUBLE', about: 'full' });
  assert.deepEqual(effects, ['failed FILE_TROUBLE full']);
});

test('[POST-26] the result of a cancelled placement is ignored', () => {
  const scene = new Scene();
  scene.turn();
  assert.deepEqual(scene.put({ type: 'placed', path: 'p' }), []);
  assert.deepEqual(scene.put({ type: 'place_failed', code: 'FILE_EXISTS', about: 'p' }), []);
  assert.deepEqual(scene.put({ type: 'fetched' }), ['place']);
});

test('[POST-20] cancelling stops the fetch', () => {
  const scene = new Scene();
  scene.turn();
  const effects = scene.put({ type: 'stop', code: 'POST_CANCELLED', about: 'x' });
  assert.deepEqual(effects, ['stop_fetch', 'discard', 'failed POST_CANCELLED x']);
});

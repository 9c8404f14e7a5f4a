// Trouble is one line for a person, whatever the host called it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainError, OperationalError, operationalError } from '../../runtime/operational-error.js';

const hostError = (code: string) => Object.assign(new Error(`${code}: at a place\n    nobody knows`), { code });

test('what the host calls by a code is said in words with advice', () => {
  assert.equal(
    explainError(hostError('ENOSPC'), 'data/alice'),
    'data/alice: the disk is full. Make room and try again.',
  );
  assert.match(explainError(hostError('EADDRINUSE'), 'Port 5'), /^Port 5: the port is in use\. .*another port\.$/);
  assert.match(explainError(hostError('SQLITE_IOERR_WRITE'), 'client.db'), /the disk could not be read or written/);
});

test('advice names a flag only where this flag chooses what is in trouble', () => {
  const inUse = explainError(hostError('EADDRINUSE'), 'Port 5', { port: '--peer-port' });
  assert.match(inUse, /choose another port with --peer-port\.$/);
  for (const code of ['EROFS', 'ENOTDIR']) {
    assert.match(explainError(hostError(code), 'data', { data: '--data' }), /with --data\.$/);
    assert.doesNotMatch(explainError(hostError(code), 'file/x'), /--/);
  }
});

test('an unforeseen error is still one line', () => {
  assert.equal(explainError(hostError('EODD'), 'x'), 'x: EODD: at a place');
  assert.equal(explainError('text', 'x'), 'x: text');
  assert.equal(explainError(new Error(''), 'x'), 'x: Error');
});

test('trouble keeps its cause and is not wrapped twice', () => {
  const cause = hostError('EROFS');
  const trouble = operationalError('data', cause);
  assert.ok(trouble instanceof OperationalError);
  assert.equal(trouble.cause, cause);
  assert.equal(operationalError('elsewhere', trouble), trouble);
});

test('what is wrong with a path or with https is said in words too', () => {
  for (const code of ['ENAMETOOLONG', 'ELOOP', 'EEXIST', 'ENOENT', 'EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER']) {
    const said = explainError(hostError(code), 'x');
    assert.match(said, /^x: [^:]+\. (Check|Choose) /, said);
  }
});

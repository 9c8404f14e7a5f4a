// A secret of the command line comes from a file or the environment. Typed directly it is refused, with what to type.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FlagReader, type Flags } from '../../../runtime/process/flag-reader.js';
import { INVITE_CODE, readSecret } from '../../../runtime/process/secret-flag.js';
import { temporaryDirectory } from '../disk/temporary.js';

function read(flags: Flags, env: Flags = {}): { code: string | null; problems: string[] } {
  const reader = new FlagReader(flags);
  return { code: readSecret(reader, env, INVITE_CODE), problems: reader.problemLines };
}

function fileWith(t: TestContext, text: string): string {
  const path = join(temporaryDirectory(t), 'code');
  writeFileSync(path, text);
  return path;
}

test('the first line of the file is the code, and it goes before the environment', (t) => {
  const inviteCodeFile = fileWith(t, 'open sesame!\n');
  assert.deepEqual(read({ inviteCodeFile }, { KITH_INVITE_CODE: 'other' }), { code: 'open sesame!', problems: [] });
  assert.deepEqual(read({}, { KITH_INVITE_CODE: 'other' }), { code: 'other', problems: [] });
  assert.deepEqual(read({}), { code: null, problems: [] });
});

test('a code on the command line is refused', () => {
  const { code, problems } = read({ inviteCode: 'sesame' });
  assert.equal(code, null);
  assert.match(problems.join('\n'), /^--invite-code would show the code .* set KITH_INVITE_CODE\.$/);
});

test('a code that does not fit a header, or a missing or empty file, is refused', (t) => {
  for (const text of ['', '\n', 's\u00e9same', ' open', 'a\nb', 'x'.repeat(5_000)]) {
    const { code, problems } = read({ inviteCodeFile: fileWith(t, text) });
    assert.deepEqual([code, problems.length], [null, 1], JSON.stringify(text.slice(0, 9)));
  }
  assert.match(read({ inviteCodeFile: '/nowhere/code' }).problems.join(), /no such file\. Check --invite-code-file/);
  assert.match(read({}, { KITH_INVITE_CODE: '\u6f22' }).problems.join(), /^KITH_INVITE_CODE must be one line/);
});

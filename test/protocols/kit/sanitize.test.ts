// Text of others on a terminal: it stays where it is put, in the direction and colour of its neighbours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sanitize, sanitizeLines } from '../../../protocols/kit/sanitize.js';

test('what moves cursors, rings bells or sets colours is shown and does nothing', () => {
  assert.equal(sanitize('\u001b[2Jgone'), '\ufffd[2Jgone');
  assert.equal(sanitize('a\u0007b\u0008c\u007fd\u009be'), 'a\ufffdb\ufffdc\ufffdd\ufffde');
});

test('what breaks a line or jumps is one space', () => {
  assert.equal(sanitize('a\tb\nc\rd\u2028e\u2029f'), 'a b c d e f');
});

test('what turns text around or hides is made visible', () => {
  for (const letter of '\u061c\u200b\u200e\u200f\u202a\u202d\u202e\u2060\u2066\u2069\ufeff\ufff9') {
    assert.equal(sanitize(`a${letter}b`), 'a\ufffdb', letter.codePointAt(0)?.toString(16));
  }
});

test('joiners, marks and selectors without an effect are dropped', () => {
  assert.equal(sanitize('pass\u00adword'), 'password');
  assert.equal(sanitize('pay\u200dpal \u200cx'), 'paypal x');
  assert.equal(sanitize('हिन्\u200d\u200c\u200dदी'), 'हिन्\u200dदी');
  assert.equal(sanitize('❤\ufe0f\ufe0f\ufe0f x\u{e0101}'), '❤\ufe0f x');
});

test('several lines stay several lines', () => {
  assert.equal(sanitizeLines('a\r\nb\rc\n\td\u2028e\u202e'), 'a\nb\nc\n d e\ufffd');
});

/** Real text: at least one sentence in each script, with the joiners and marks that its writers use. */
const REAL_TEXTS: Readonly<Record<string, string>> = {
  Latin: 'Grüße aus Łódź, señor; Ångström costs €5 — “naïve”',
  Vietnamese: 'Tiếng Việt được viết bằng chữ Quốc ngữ',
  'Vietnamese, decomposed': 'Tiếng Việt được viết bằng chữ Quốc ngữ'.normalize('NFD'),
  Greek: 'Ξεσκεπάζω τὴν ψυχοφθόρα βδελυγμία',
  Cyrillic: 'Съешь же ещё этих мягких французских булок; Київ',
  'Hebrew with points': 'בְּרֵאשִׁית בָּרָא אֱלֹהִים אֵת הַשָּׁמַיִם',
  Arabic: 'اَلْعَرَبِيَّةُ لُغَةٌ جَمِيلَةٌ',
  'Persian with non-joiners': 'می\u200cخواهم کتاب\u200cها را ببینم',
  Hindi: 'क्षत्रिय और श्रीमान् हिन्दी में लिखते हैं; क्\u200dष',
  Bengali: 'আমি বাংলায় গান গাই; র\u200d্যাব',
  Tamil: 'தமிழ் மொழி இனிமையானது',
  Malayalam: 'മലയാളം ഒരു ഭാഷയാണ്; അവന്\u200d',
  Sinhala: 'ශ්\u200dරී ලංකාව',
  Thai: 'ผู้ที่น้ำใจดีย่อมเป็นที่รัก',
  Burmese: 'မြန်မာစာ မြွှေး',
  Khmer: 'ភាសាខ្មែរ ស្រ្តី',
  Tibetan: 'བསྒྲུབས་པ་ ཧཱུྃ',
  Mongolian: 'ᠮᠣᠩᠭᠣᠯ ᠰᠠᠷ\u180eᠠ',
  Chinese: '敏捷的棕色狐狸跳過懶狗，葛\u{e0100}城',
  Japanese: 'いろはにほへと チリヌルヲ が\u3099',
  Korean: '다람쥐 헌 쳇바퀴에 타고파',
  'Korean in letters': '한국어'.normalize('NFD'),
  Georgian: 'გთხოვთ ახლავე გაიაროთ რეგისტრაცია',
  Emoji: '👩\u200d👩\u200d👧 👩🏽\u200d🚀 ❤️\u200d🔥 🏳️\u200d🌈 🏴\u200d☠️ 1️⃣ 🇺🇦 👍🏿 🧑🏻\u200d❤️\u200d💋\u200d🧑🏿',
  'Flags of regions':
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
};

for (const [script, text] of Object.entries(REAL_TEXTS)) {
  test(`real text stays as it is: ${script}`, () => assert.equal(sanitize(text), text));
}

const NASTY = [
  ...[
    'a',
    ' ',
    '\n',
    'अ',
    '\u0902',
    'ا',
    '葛',
    'ᠮ',
    '👩',
    '❤',
    '🏽',
    '🏴',
    '\u0301',
    '\u20dd',
    '\u0e31',
    '\ud800',
    '\udc00',
  ],
  ...['\u200c', '\u200d', '\u034f', '\ufe0f', '\ufe00', '\u{e0100}', '\u180b', '\u180e', '\u00ad', '\u3164', '\u202e'],
  ...['\u{e0067}', '\u{e0062}', '\u{e0065}', '\u{e006e}', '\u{e007f}', '\u{e0001}', '\ufffe', '\u001b'],
];

const UNITS = { 'code points': 'binary', 'nasty characters': fc.constantFrom(...NASTY) } as const;

for (const [name, unit] of Object.entries(UNITS)) {
  test(`any text of ${name} is harmless, and sanitizing twice changes nothing`, () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const once = sanitize(text);
        assert.doesNotMatch(once, /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u00ad\u2028-\u202e\u2066-\u2069\u3164]/u);
        assert.doesNotMatch(once, /[\p{Mn}\p{Me}]{5}|[\u200c\u200d]{2}/u);
        assert.equal(sanitize(once), once);
      }),
      { numRuns: 2_000 },
    );
  });
}

// Says whether a text shows anything: white space, zero-width characters and other invisible characters do not.

/** Also the blank Braille pattern, which fonts draw as nothing, and the marks of interlinear annotations. */
const INVISIBLE =
  /[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u180e\u2800\ufff9-\ufffb]/gu;

export function hasVisibleText(text: string): boolean {
  return text.replace(INVISIBLE, '') !== '';
}

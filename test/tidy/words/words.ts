// Splits a name into its words: `LinkSocket`, `linkSocket` and `link-socket.ts` have the words link and socket.

/** Lower-case words of an identifier, or of a file or folder name. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_.]/);
}

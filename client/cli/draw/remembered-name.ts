// How you are named as the author of a message that only the other side says you wrote (SPEC CHAT-25).

export function rememberedName(name: string, by: string): string {
  return `${name} (as remembered by ${by})`;
}

// How a group member is named whose key is not the one that the user knows for that name (SPEC GROUP-44).

/** `fingerprint`: of the key of the member. */
export function otherName(name: string, fingerprint: string): string {
  return `${name} (not the ${name} you know; key: ${fingerprint})`;
}

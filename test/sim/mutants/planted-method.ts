// A fault planted in a class: one of its methods replaced on every object, for as long as some work takes.

/** Any method, as far as it matters to whoever replaces it. */
export type Method = (this: never, ...args: never[]) => unknown;

/** `planted` is given the real method, and gives what stands in its place. */
export interface PlantedMethod {
  readonly target: { readonly prototype: object; readonly name: string };
  readonly method: string;
  readonly planted: (real: Method) => (this: never, ...args: never[]) => unknown;
}

export function withFault<T>({ target, method, planted }: PlantedMethod, work: () => T): T {
  const real: unknown = Reflect.get(target.prototype, method);
  if (typeof real !== 'function') throw new Error(`${target.name} has no ${method}: the fault cannot be planted`);
  Reflect.set(target.prototype, method, planted(real as Method));
  try {
    return work();
  } finally {
    Reflect.set(target.prototype, method, real);
  }
}

// Plants a fault in a class: replaces one of its methods on all objects while a function runs.

/** Any method. */
export type Method = (this: never, ...args: never[]) => unknown;

/** `planted` takes the real method and gives its replacement. */
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

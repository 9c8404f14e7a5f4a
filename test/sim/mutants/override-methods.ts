// Wraps a store and replaces some of its methods.

export function overrideMethods<T extends object>(store: T, replaced: Partial<T>): T {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(name in replaced ? replaced : target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

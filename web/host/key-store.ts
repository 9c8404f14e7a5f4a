// Stores keys in the browser's database (IndexedDB), which holds keys that no script can read.

const DATABASE = 'kith';
const STORE = 'keys';

/** The stored value, or undefined. Rejects if the browser stores nothing, as in some private windows. */
export function readStored(name: string): Promise<unknown> {
  return inStore('readonly', (store) => store.get(name));
}

/** Stores a value unless a good one is there already. Gives the value that is stored afterwards. */
export async function storeOnce<T>(name: string, value: T, isGood: (present: unknown) => present is T): Promise<T> {
  const present = await inStore('readwrite', (store) => {
    const request = store.get(name);
    request.onsuccess = () => {
      if (!isGood(request.result)) store.put(value, name);
    };
    return request;
  });
  return isGood(present) ? present : value;
}

export async function clearKeyStore(): Promise<void> {
  await inStore('readwrite', (store) => store.clear());
}

/** The result of a request, once its transaction is on disk. */
async function inStore(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request: IDBRequest<unknown> = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser stores nothing for this page'));
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser stores nothing for this page'));
  });
}

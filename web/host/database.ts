// One drawer of the browser's own database (IndexedDB), where keys can lie that no script can read.

const DATABASE = 'kith';
const STORE = 'keys';

/** What lies under a name, or undefined. Rejects where the browser keeps nothing, as in some private windows. */
export function taken(name: string): Promise<unknown> {
  return inStore('readonly', (store) => store.get(name));
}

/** Puts a value under a name unless there is one already, and gives the one that is there then. */
export async function keptOnce(name: string, value: unknown): Promise<unknown> {
  return inStore('readwrite', (store) => {
    const present = store.get(name);
    present.onsuccess = () => {
      if (present.result === undefined) store.put(value, name);
    };
    return present;
  }).then((present: unknown) => present ?? value);
}

export async function cleared(): Promise<void> {
  await inStore('readwrite', (store) => store.clear());
}

/** The result of a request once its transaction is on the disk. */
async function inStore(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request: IDBRequest<unknown> = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser keeps nothing here'));
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing here'));
  });
}

// Says plainly why the page cannot work here, and what helps.

import type { UnsupportedReason } from '../page.js';

export function Unsupported({ why }: { why: UnsupportedReason }) {
  return (
    <main class="card">
      <h1>Kith cannot work in this page</h1>
      {why.type === 'insecure' ? <Insecure /> : <NoKeys detail={why.detail} />}
    </main>
  );
}

function Insecure() {
  const { host, port } = location;
  return (
    <>
      <p>
        It came over plain HTTP from <b>{host}</b>. Whoever is on the way could have changed it, so browsers give such a
        page no cryptography: it can make no key for you, sign nothing, and seal no direct message.
      </p>
      <h2>What helps</h2>
      <ul>
        <li>Ask whoever runs this server for an address that begins with https://.</li>
        <li>
          On the machine of the server itself, open <b>http://localhost:{port || '80'}/</b>. From elsewhere, with an
          account there: <code>ssh -L 12345:localhost:{port || '80'} …</code>, then <b>http://localhost:12345/</b>.
        </li>
        <li>
          Use a terminal: <code>p2p-client {host}</code>
        </li>
      </ul>
    </>
  );
}

function NoKeys({ detail }: { detail: string }) {
  return (
    <>
      <p>This browser cannot make the keys that Kith needs (Ed25519, X25519), or has nowhere to keep them.</p>
      <ul>
        <li>Bring it up to date: Chromium, Firefox and Safari of today can.</li>
        <li>Leave a private window, and allow this site to keep data.</li>
      </ul>
      <p class="quiet">It said: {detail}</p>
    </>
  );
}

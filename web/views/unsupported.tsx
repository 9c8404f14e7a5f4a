// Says why Kith cannot run in this page, and what the user can do.

import type { UnsupportedReason } from '../page.js';

export function Unsupported({ why }: { why: UnsupportedReason }) {
  return (
    <main class="card">
      <h1>Kith cannot run in this page</h1>
      {why.type === 'insecure' ? <Insecure /> : <NoKeys detail={why.detail} />}
    </main>
  );
}

function Insecure() {
  const { host, port } = location;
  return (
    <>
      <p>
        The page came over plain HTTP from <b>{host}</b>, so anyone on the way could have changed it. Browsers do not
        let such a page use cryptography, which Kith needs to make your key and to sign and encrypt messages.
      </p>
      <h2>What you can do</h2>
      <ul>
        <li>Ask the operator of this server for an address that begins with https://.</li>
        <li>
          On the server itself, open <b>http://localhost:{port || '80'}/</b>. If you have an account there, run{' '}
          <code>ssh -L 12345:localhost:{port || '80'} …</code> on your computer and open <b>http://localhost:12345/</b>.
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
      <p>This browser cannot make the keys that Kith needs (Ed25519 and X25519), or cannot store them.</p>
      <h2>What you can do</h2>
      <ul>
        <li>Update the browser. Current versions of Chromium, Firefox and Safari work.</li>
        <li>Use a normal window instead of a private one, and allow this site to store data.</li>
      </ul>
      <p class="subtle">Error of the browser: {detail}</p>
    </>
  );
}

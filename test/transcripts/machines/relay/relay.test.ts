// Transcripts of the relay machine: clients, peers, dishonest peers, and a peer that reads slowly.

import { testTranscript } from '../transcript.js';
import { RelayScript } from './relay-script.js';

for (const name of ['clients', 'peers', 'dishonest-peers', 'slow-peer'])
  testTranscript(`relay/${name}.txt`, () => {
    const script = new RelayScript();
    return (command) => script.run(command);
  });

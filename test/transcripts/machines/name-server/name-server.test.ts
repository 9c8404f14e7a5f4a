// Transcript of the name server's core: registration, sessions, presence, and letters held and delivered.

import { testTranscript } from '../transcript.js';
import { NameServerScript } from './name-server-script.js';

testTranscript('name-server/name-server.txt', () => {
  const script = new NameServerScript();
  return (command) => script.run(command);
});

// Transcript of the parts that open and keep links between two clients.

import { testTranscript } from '../transcript.js';
import { LinkScript } from './link-script.js';

testTranscript('links/links.txt', () => {
  const script = new LinkScript();
  return (command) => script.run(command);
});

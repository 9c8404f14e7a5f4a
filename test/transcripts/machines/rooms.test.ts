// Transcripts of the room server and of one link between room servers.

import { RoomCluster } from './room-cluster.js';
import { ServerLinkPair } from './server-link-pair.js';
import { testTranscript } from './transcript.js';

testTranscript('rooms.txt', () => {
  const cluster = new RoomCluster();
  return (command) => cluster.run(command);
});

testTranscript('rooms-link.txt', () => {
  const pair = new ServerLinkPair();
  return (command) => pair.run(command);
});

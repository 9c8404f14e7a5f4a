// The transcript of the group member machine.

import { GroupMembers } from './group-members.js';
import { testTranscript } from './transcript.js';

testTranscript('groups.txt', () => {
  const members = new GroupMembers();
  return (command) => members.run(command);
});

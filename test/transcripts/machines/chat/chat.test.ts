// Transcript of the chat machines: send window and reorder buffer.

import { testTranscript } from '../transcript.js';
import { ChatPair } from './chat-pair.js';

testTranscript('chat/chat.txt', () => {
  const pair = new ChatPair();
  return (command) => pair.run(command);
});

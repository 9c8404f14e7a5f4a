// Run as a process of its own by the lock's test: locks the directory it is told, says so, and stays.

import process from 'node:process';
import { lockDirectory } from '../../../runtime/disk/directory-lock.js';

const lock = lockDirectory(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(lock));
process.stdin.resume();

// The address to listen at could not be had; the message is the line for a person.

import { Trouble } from '../runtime/trouble.js';

export class BindTrouble extends Trouble {}

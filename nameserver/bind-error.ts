// The address to listen at could not be had; the message is the line for a person.

import { OperationalError } from '../runtime/operational-error.js';

export class BindError extends OperationalError {}

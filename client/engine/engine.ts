// The client, pure: gives every input to the part that takes it, and every event to the parts that hear it. It routes
// and does nothing else.

import type { Command } from '../../protocols/control/command.js';
import { assert, type Instant, type Machine } from '../../protocols/kit/machine.js';
import { Context, type EngineDependencies } from './core/context.js';
import type { Effect, Input } from './core/io.js';
import { buildParts } from './parts.js';
import { Routes } from './routes.js';

export class Engine implements Machine<Input, Effect> {
  private readonly context: Context;
  private readonly routes: Routes;

  /** `now`: when it is built; a client that starts for the first time signs its record with it. */
  constructor(dependencies: EngineDependencies & { readonly now: Instant }) {
    this.context = new Context(dependencies);
    this.context.now = dependencies.now;
    const { list, people, links, incomingMail } = buildParts(this.context);
    this.routes = new Routes(list, people);
    links.takers.register(this.routes);
    incomingMail.takers.register(this.routes);
  }

  handle(input: Input, now: Instant): Effect[] {
    const { context, routes } = this;
    context.now = now;
    switch (input.type) {
      case 'wake':
        context.alarms.ring(now);
        break;
      case 'turn_over':
        routes.flush();
        break;
      case 'command':
        this.command(input.ref, input.command);
        break;
      case 'answered':
        context.answered(input.ref, input.answer);
        break;
      case 'sealed':
        context.cryptoDone(input.ref, input.body);
        break;
      case 'unsealed':
        context.cryptoDone(input.ref, input.plain);
        break;
      default:
        routes.inputs.get(input.type)?.(input);
    }
    context.settle((event) => routes.hear(event));
    return context.takeEffects();
  }

  wakeAt(): Instant | null {
    return this.context.alarms.wakeAt();
  }

  private command(ref: number, command: Command): void {
    const handler = this.routes.commands.get(command.type);
    assert(handler !== undefined, 'parts.ts compiles only if every command has a handler');
    handler(ref, command);
  }
}

import type { CallLog } from './call-log.ts';
import type { Action, SandboxDefinition, World } from './definition.ts';
import { COMMON_FAULT_KINDS, type FaultRule, type Faults } from './faults.ts';
import { json, Refusal, type Reply } from './reply.ts';

/** What `/__sandbox/` steers. */
export interface Steering<State, Extras extends object> {
  readonly definition: SandboxDefinition<State, Extras>;
  readonly world: World<State>;
  readonly faults: Faults;
  readonly calls: CallLog;
  reset(): void;
  /** Nobody can connect for that long, by the machine's clock. */
  outage(forMs: number): void;
}

const PREFIX = '/__sandbox';

export function isControl(path: string): boolean {
  return path === PREFIX || path.startsWith(`${PREFIX}/`);
}

/** Answers a call below `/__sandbox/`: no credentials, never faulty, never logged. */
export function steer<State, Extras extends object>(
  steering: Steering<State, Extras>,
  method: string,
  path: string,
  body: unknown,
): Reply {
  const name = path.slice(PREFIX.length).replace(/^\/+|\/+$/g, '');
  try {
    if (method === 'GET') return json(200, shown(steering, name));
    if (method === 'POST') return json(200, changed(steering, name, fieldsOf(body)));
    return json(405, { error: 'The sandbox is steered with GET and POST' });
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    if (error instanceof RangeError || error instanceof SyntaxError) return json(400, { error: error.message });
    throw error;
  }
}

/** Carries out a person's or an administrator's act by name. */
export function act<State, Extras extends object>(
  { definition, world }: Pick<Steering<State, Extras>, 'definition' | 'world'>,
  name: string,
  body: Readonly<Record<string, unknown>>,
): unknown {
  const plain = name.replace(/^person\/(?=admin\/)/, ''); // both /person/admin/x and /admin/x are understood
  const action: Action<State> | undefined = Object.hasOwn(definition.actions, plain)
    ? definition.actions[plain]
    : undefined;
  if (action === undefined) {
    const known = Object.keys(definition.actions).join(', ');
    throw new Refusal(json(404, { error: `The sandbox has no ${name}; it has: ${known}` }));
  }
  return action(world, body) ?? { done: true };
}

function shown<State, Extras extends object>(steering: Steering<State, Extras>, name: string): unknown {
  const { definition, world, faults, calls } = steering;
  switch (name) {
    case '':
      return {
        sandbox: definition.name,
        now: new Date(world.clock.now()).toISOString(),
        actions: Object.keys(definition.actions).map((action) => `POST ${PREFIX}/${action}`),
        faultKinds: [...COMMON_FAULT_KINDS, ...(definition.faultKinds ?? [])],
        switches: switchesShown(definition, world),
        routes: definition.routes.map((route) => `${route.method} ${route.path}`),
      };
    case 'calls':
      return { calls: calls.all(), dropped: calls.dropped };
    case 'clock':
      return { now: new Date(world.clock.now()).toISOString() };
    case 'faults':
      return { rules: faults.all() };
    case 'switches':
      return world.switches.all();
    default:
      throw new Refusal(json(404, { error: `Nothing to see at ${PREFIX}/${name}` }));
  }
}

function changed<State, Extras extends object>(
  steering: Steering<State, Extras>,
  name: string,
  body: Readonly<Record<string, unknown>>,
): unknown {
  const { world, faults } = steering;
  switch (name) {
    case 'clock':
      if (body.wrongMs !== undefined) world.clock.setWrong(Number(body.wrongMs));
      if (body.wrongMs === undefined || body.advanceMs !== undefined) world.clock.advance(Number(body.advanceMs));
      return { now: new Date(world.clock.now()).toISOString() };
    case 'outage':
      steering.outage(Number(body.forMs));
      return { done: true };
    case 'faults': {
      if (!Array.isArray(body.rules)) throw new RangeError('faults takes { rules: [...] }');
      faults.set(body.rules as FaultRule[]); // set() checks the kinds; other fields are only read where they make sense
      return { rules: faults.all() };
    }
    case 'switches':
      world.switches.set(body);
      return world.switches.all();
    case 'reset':
      steering.reset();
      return { done: true };
    default:
      return act(steering, name, body);
  }
}

function switchesShown<State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  world: World<State>,
): unknown {
  const entries = Object.entries(definition.switches ?? {});
  return Object.fromEntries(entries.map(([name, one]) => [name, { value: world.switches.get(name), ...one }]));
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new RangeError('A JSON object is needed');
  return body as Readonly<Record<string, unknown>>;
}

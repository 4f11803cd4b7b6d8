import { empty, json, type SandboxDefinition } from '../src/index.ts';

/** The smallest vendor there is: named counters behind a bearer token. */
export interface ToyState {
  readonly token: string;
  counters: Record<string, number>;
}

export const toy: SandboxDefinition<ToyState, { readonly shelf: string }> = {
  name: 'toy',
  freshState: ({ random }) => ({ token: random.hex(16), counters: {} }),
  routes: [
    { method: 'GET', path: '/token', open: true, handle: () => json(200, { open: true }) },
    {
      method: 'GET',
      path: '/counters/{name}',
      handle: ({ params, world, touch }) => {
        touch(params.name ?? '');
        return json(200, { name: params.name, value: world.state.counters[params.name ?? ''] ?? 0 });
      },
    },
    {
      method: 'POST',
      path: '/counters/:name/add',
      handle: ({ params, body, world, fault }) => {
        const { by } = body.json() as { by: number };
        const name = params.name ?? '';
        world.state.counters[name] =
          (world.state.counters[name] ?? 0) + (fault('half-add') === undefined ? by : by / 2);
        return json(200, { value: world.state.counters[name] });
      },
    },
    { method: 'POST', path: '/form', handle: ({ body }) => json(200, Object.fromEntries(body.form())) },
    { method: 'DELETE', path: '/counters/{name}', handle: () => empty(204) },
  ],
  actions: {
    'person/press': ({ state }, { name }) => {
      state.counters[String(name)] = 99;
    },
    'admin/wipe': ({ state }) => {
      state.counters = {};
      return { wiped: true };
    },
  },
  answers: {
    notFound: () => json(404, { error: 'not found' }),
    methodNotAllowed: (_exchange, allowed) => json(405, { error: 'method' }, { allow: allowed.join(', ') }),
    unreadableBody: () => json(400, { error: 'unreadable' }),
    throttled: (_exchange, rule) =>
      json(rule.status ?? 429, { error: 'slow down' }, { 'retry-after': String(rule.retryAfterS ?? 1) }),
    serverError: (_exchange, rule) => json(rule.status ?? 500, { error: 'broken' }),
    expiredToken: () => json(401, { error: 'expired' }),
  },
  admit: ({ route, headers, world, concurrent }) => {
    if (concurrent > 10) return json(429, { error: 'connections' });
    if (route?.open === true || headers.authorization === `Bearer ${world.state.token}`) return undefined;
    return json(401, { error: 'who are you' });
  },
  finish: ({ requestId }, reply) => ({ ...reply, headers: { ...reply.headers, 'x-request-id': requestId } }),
  fillDemo: ({ state }) => {
    state.counters.demo = 7;
  },
  offer: ({ state }, url) => ({
    connection: { connector: 'toy', baseUrl: url, auth: { method: 'bearer', token: { env: 'SANDBOX_TOY_TOKEN' } } },
    env: { SANDBOX_TOY_TOKEN: state.token },
    accessToken: state.token,
    extras: { shelf: 'top' },
  }),
  switches: {
    doubt: { default: false, about: 'Whether the vendor is in doubt.' },
    flavour: { default: 'sweet', values: ['sweet', 'sour'], about: 'Nobody knows.' },
  },
  faultKinds: ['half-add'],
};

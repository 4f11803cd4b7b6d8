import { type RunningSandbox, type SandboxDefinition, startSandbox } from '@heed/sandbox';

export type Json = Readonly<Record<string, unknown>>;

/** A stand-in as everybody sees it: spoken to by plain HTTP, and nothing of Heed. */
export interface System {
  /** As stories call it. */
  readonly name: string;
  readonly connection: Json;
  readonly env: Readonly<Record<string, string>>;
  /** Where its calls write records, for lost answers. */
  readonly writingRoutes: readonly string[];
  /** An account as new. */
  reset(): void;
  /** What somebody does there: `POST /__sandbox/...`. */
  act(what: string, body: Json): Promise<Json>;
  /** The person says at the vendor's own page whether they want this topic. */
  choose(email: string, topic: string, wanted: boolean): Promise<void>;
  /** What a profile calls a topic of this system, by its name: an id, or in a CRM without topics the name of a field. */
  topicId(name: string): Promise<string>;
  /** The ids of records that calls have written so far, in their order. */
  written(): readonly string[];
  close(): Promise<void>;
}

export interface Crm extends System {
  /** What stories call its record types, in the order of the profile, and what it calls them itself. */
  readonly types: Readonly<Record<string, string>>;
  /** The first name, and the last. */
  readonly nameFields: readonly [string, string];
  /** Adds a record with what stands in brackets behind it; answers its id. */
  add(type: string, name: string, email: string, options: readonly string[]): Promise<string>;
  /** By an operator at the screens. */
  edit(type: string, id: string, fields: Json): Promise<void>;
  move(type: string, id: string, email: string): Promise<void>;
  /** The operator says so in the CRM's own opt-out field. */
  tick(type: string, id: string, optedOut: boolean): Promise<void>;
  remove(type: string, id: string): Promise<void>;
  restore(type: string, id: string): Promise<void>;
  /** Answers the id of the survivor, which may be a new one. */
  merge(type: string, survivor: string, loser: string): Promise<string>;
  /** One record by its id; null if there is none. */
  record(type: string, id: string): Promise<Json | null>;
  /** How many records that nobody deleted have the address. */
  countAt(type: string, email: string): Promise<number>;
  /** Whether a record, as it was read, shows an opt-out: in the CRM's own field, or in one of the profile's. */
  isOptedOut(record: Json, field?: string): boolean;
  recordIsOutOf(type: string, id: string, topic: string): Promise<boolean>;
  /** An empty list of contacts. */
  makeList(): Promise<List>;
  putInList(list: List, id: string, isIn: boolean): Promise<void>;
}

/** A list of a CRM as a profile names it: `{ campaign: 701... }`. */
export interface List {
  readonly kind: string;
  readonly id: string;
}

/** The member of an address. */
export interface Member {
  /** As the call log names it. */
  readonly id: string;
  readonly status: string;
  readonly fields: Json;
  readonly tags: readonly string[];
}

export interface MarketingTool extends System {
  /** The audience that the profile names; asked for after each reset. */
  readonly audience: string;
  /** The first name, and the last. */
  readonly memberNameFields: readonly [string, string];
  /** In one of the states of README.md, with what stands in brackets behind it. */
  addMember(email: string, state: string, options: readonly string[]): Promise<void>;
  /** null: there is none. */
  member(email: string): Promise<Member | null>;
  memberIsOutOf(email: string, topic: string): Promise<boolean>;
  /** By an administrator at the screens. */
  administer(verb: 'unsubscribe' | 'subscribe' | 'archive' | 'delete', email: string): Promise<void>;
}

/** The states a member can be given that somebody's act brings about, and the act. */
export type States = Readonly<Record<string, string>>;

export const stateOf = <T>(states: Readonly<Record<string, T>>, state: string): T => {
  const found = states[state];
  if (found === undefined)
    throw new Error(`"${state}" is no state of a member here: ${Object.keys(states).join(', ')}`);
  return found;
};

/** `opted out`, or `FIELD VALUE`: the words of this system first. */
export const fieldsOf = (options: readonly string[], words: Readonly<Record<string, Json>>): Json =>
  Object.assign(
    {},
    ...options.map((option): Json => {
      const known = words[option];
      if (known !== undefined) return known;
      const [name = '', ...value] = option.split(' ');
      if (value.length === 0)
        throw new Error(`"${option}" is no option: ${Object.keys(words).join(', ')}, FIELD VALUE`);
      return { [name]: value.join(' ') };
    }),
  );

/** A running stand-in, what every system has of it, and a way to ask it. */
export interface Opened<Extras extends object> {
  readonly sandbox: RunningSandbox<unknown, Extras>;
  readonly system: Omit<System, 'name' | 'writingRoutes' | 'choose' | 'topicId'>;
  /** Answers null where there is nothing (404 of a GET). */
  ask(method: string, path: string, body?: unknown): Promise<Json | null>;
}

export const open = async <State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  speak: { readonly authorization?: (token: string) => string; readonly isRead: RegExp; readonly switches?: Json },
): Promise<Opened<Extras>> => {
  const { authorization = (token) => `Bearer ${token}`, isRead, switches = {} } = speak;
  const sandbox = await startSandbox(definition, { switches });
  const ask = async (method: string, path: string, body?: unknown): Promise<Json | null> => {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: { authorization: authorization(sandbox.accessToken), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 404 && method === 'GET') return null;
    if (!response.ok) throw new Error(`${definition.name} ${method} ${path} answered ${response.status}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Json;
  };
  const system: Opened<Extras>['system'] = {
    get connection() {
      return sandbox.connection;
    },
    get env() {
      return sandbox.env;
    },
    reset: () => sandbox.reset(),
    act: async (what: string, body: Json) => (await ask('POST', `/__sandbox/${what}`, body)) ?? {},
    written: () =>
      sandbox
        .calls()
        .filter(({ method, path }) => method !== 'GET' && !isRead.test(path.split('?')[0] ?? ''))
        .flatMap(({ touched }) => touched),
    close: () => sandbox.close(),
  };
  return { sandbox, system, ask };
};

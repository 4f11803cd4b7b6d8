import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { RequestBody } from './body.ts';
import type { VirtualClock } from './clock.ts';
import type { FaultRule } from './faults.ts';
import type { SeededRandom } from './random.ts';
import type { HANDLED, Reply } from './reply.ts';
import type { SwitchDeclaration, Switches } from './switches.ts';

/** What a vendor's package gives to the kit to become a running stand-in. */
export interface SandboxDefinition<State, Extras extends object = object> {
  /** The connector's name, as in a connections.yaml. */
  readonly name: string;
  /** A new, empty account: the same for the same seed. Also called by a reset. */
  freshState(setting: Setting): State;
  /** What clients may call; the first route whose method and path fit is taken. */
  readonly routes: readonly Route<State>[];
  /** What people and administrators do in the real product, by the path below `/__sandbox/`: `person/unsubscribe`. */
  readonly actions: Readonly<Record<string, Action<State>>>;
  /** How the vendor words the answers that the kit gives in its name. */
  readonly answers: VendorAnswers<State>;
  /** Fills an account with a realistic customer base; `--demo`. */
  fillDemo(world: World<State>): void;
  /** What a customer needs in order to connect. */
  offer(world: World<State>, url: string): Offer<Extras>;
  /** Before every routed or unrouted call, after the faults: credentials, limits. An answer ends the call. */
  admit?(exchange: Exchange<State>): Reply | undefined;
  /** After every call: headers that all answers share. */
  finish?(exchange: Exchange<State>, reply: Reply): Reply;
  readonly switches?: Readonly<Record<string, SwitchDeclaration>>;
  /** Fault kinds of this vendor; its handlers ask for them with `exchange.fault(kind)`. */
  readonly faultKinds?: readonly string[];
  /** The state as JSON, when it is not plain JSON already. */
  save?(state: State): unknown;
  /** The opposite of `save`. */
  load?(stored: unknown): State;
}

/** What a sandbox lives in: the same in routes, actions and demo. */
export interface Setting {
  readonly seed: number;
  readonly clock: VirtualClock;
  /** The one sequence of the account's ids and tokens; its position is stored with the state. */
  readonly random: SeededRandom;
  readonly switches: Switches;
}

export interface World<State> extends Setting {
  readonly state: State;
}

export interface Route<State> {
  readonly method: string;
  /** As `pathPattern` reads it: `/3.0/lists/{list}/members`. */
  readonly path: string;
  readonly handle: Handler<State>;
  /** A word for `admit`: for example, a token endpoint asks for no token. */
  readonly open?: boolean;
}

export type Handler<State> = (exchange: Exchange<State>) => Reply | typeof HANDLED | Promise<Reply | typeof HANDLED>;

/** A person's or an administrator's act; the answer is sent as JSON. Throw a `Refusal` when it cannot be. */
export type Action<State> = (world: World<State>, body: Readonly<Record<string, unknown>>) => unknown;

/** One call: request, world, and what the log should know. */
export interface Exchange<State> {
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly query: URLSearchParams;
  /** Parameters of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: RequestBody;
  /** A fresh UUID per call, for vendors that send one back. */
  readonly requestId: string;
  /** `undefined` when no route fits. */
  readonly route: Route<State> | undefined;
  readonly world: World<State>;
  /** Calls being served now, this one included; for the vendor's limit of connections. */
  readonly concurrent: number;
  /** The base address of this sandbox, without a slash at the end. */
  readonly origin: string;
  /** The rule of a vendor's own fault kind that hits this call, if any; asked twice, answered the same. */
  fault(kind: string): FaultRule | undefined;
  /** Notes records that this call read or wrote, for the call log. */
  touch(...records: string[]): void;
  /** For answers that no `Reply` can express; return `HANDLED` then. */
  readonly raw: { readonly request: IncomingMessage; readonly response: ServerResponse };
}

/** Each gets the call it answers, and the fault rule when one asked for it. */
export interface VendorAnswers<State> {
  notFound(exchange: Exchange<State>): Reply;
  /** `allowed`: the methods that the path does have. */
  methodNotAllowed(exchange: Exchange<State>, allowed: readonly string[]): Reply;
  /** The body is no JSON though a handler asked for JSON. */
  unreadableBody(exchange: Exchange<State>): Reply;
  throttled(exchange: Exchange<State>, rule: FaultRule): Reply;
  serverError(exchange: Exchange<State>, rule: FaultRule): Reply;
  /** May also make the token useless in the state, so that only a new one works. */
  expiredToken(exchange: Exchange<State>, rule: FaultRule): Reply;
}

/** What `heed sandbox` prints: see "Sandbox" in the interface's description. */
export interface Offer<Extras extends object = object> {
  /** Goes as it is into a connections.yaml; holds `connector`, `baseUrl`, `auth`. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** Goes into the environment of `heed`. */
  readonly env: Readonly<Record<string, string>>;
  /** For an Authorization header of anybody's own call. */
  readonly accessToken: string;
  /** What else the vendor names, as `{ audience }`. */
  readonly extras: Extras;
}

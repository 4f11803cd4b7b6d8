import type { Connector, Deciding, Op, OpenRequest, Outcome, Page, Row, Session, Tools } from '@heed/contract';

/** What a session was opened with: enough to make requests of its own, as the faulty connector would. */
export interface Opening<Config> {
  readonly request: OpenRequest<Config>;
  readonly tools: Tools;
}

type Instead<Config> = (op: Op, session: Session, opening: Opening<Config>, signal: AbortSignal) => Promise<Outcome>;

/** Connectors with one fault each: the suite must be able to fail. */
export const faultsIn = <Config>(connector: Connector<Config>) => {
  /** Does some of what a session does in another way. */
  const withFault = (fault: (session: Session, opening: Opening<Config>) => Partial<Session>): Connector<Config> => ({
    ...connector,
    open: (request, tools) => {
      const session = connector.open(request, tools);
      return { ...session, ...fault(session, { request, tools }) };
    },
  });

  const withPages = (change: (page: Page, after: string | null) => Page): Connector<Config> =>
    withFault((session) => ({
      async *read(request, signal) {
        for await (const page of session.read(request, signal)) yield change(page, request.after);
      },
    }));

  return {
    withFault,
    withPages,

    /** Shows every row as another one, in reads, looks and look-ups. */
    withRows: (change: (row: Row) => Row): Connector<Config> =>
      withFault((session) => ({
        async *read(request, signal) {
          for await (const page of session.read(request, signal)) yield { ...page, rows: page.rows.map(change) };
        },
        optOutsSince: optOutsWith(session, change),
        lookup: async (request, signal) => (await session.lookup(request, signal)).map(change),
      })),

    withOutcomes: (change: (outcome: Outcome, op: Op | undefined) => Outcome): Connector<Config> =>
      withFault((session) => ({
        write: async (ops, signal) =>
          (await session.write(ops, signal)).map((one) =>
            change(
              one,
              ops.find(({ id }) => id === one.op),
            ),
          ),
      })),

    withDeciding: (change: (all: readonly Deciding[], email: string) => readonly Deciding[]): Connector<Config> =>
      withFault((session) => ({
        deciding: async (email, signal) => change(await session.deciding(email, signal), email),
      })),

    /** Writes ops as if they had been other ones. */
    withOps: (change: (op: Op) => Op): Connector<Config> =>
      withFault((session) => ({ write: (ops, signal) => session.write(ops.map(change), signal) })),

    /** Does something else for every op of this kind. */
    writing: (kind: Op['kind'], instead: Instead<Config>): Connector<Config> =>
      withFault((session, opening) => ({
        async write(ops, signal) {
          const outcomes = [
            ...(await session.write(
              ops.filter((op) => op.kind !== kind),
              signal,
            )),
          ];
          for (const op of ops) if (op.kind === kind) outcomes.push(await instead(op, session, opening, signal));
          return outcomes;
        },
      })),
  };
};

const optOutsWith = ({ optOutsSince }: Session, change: (row: Row) => Row): Session['optOutsSince'] =>
  optOutsSince === null
    ? null
    : async function* (look, signal) {
        for await (const rows of optOutsSince(look, signal)) yield rows.map(change);
      };

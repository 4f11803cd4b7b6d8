/** One kind of call: how often at least, and what says so. */
export interface Least {
  readonly calls: number;
  readonly source: string;
}

/** By kind, as `call-kinds.ts` names them. */
export type Calls = Readonly<Record<string, Least>>;

export interface LeastCalls {
  readonly crm: Calls;
  readonly marketing: Calls;
}

/** What a system has to be asked as CRM. Nothing changes meanwhile that a case does not name. */
export interface LeastAsCrm {
  /** The first sync: `contacts` of whom `optedOut` are opted out. */
  firstSync(contacts: number, optedOut: number): Calls;
  /** A later sync, that reads so many changed records, of whom `optedOut` left. */
  later(changed: number, optedOut: number): Calls;
  /** Besides: opt-outs of so many people are carried to it, each with one record at an address of so many characters. */
  optOuts(people: number, addressCharacters: number): Calls;
  /** The part of `optOuts` that looks for records of so many addresses, whether there are any or not. */
  lookedFor(addresses: number, addressCharacters: number): Calls;
}

/** What a system has to be asked as marketing tool. */
export interface LeastAsMarketing {
  /** The first sync: into an empty audience, that gets so many members of so many contacts. */
  firstSync(members: number, contacts: number): Calls;
  /** A later sync, that reads so many changed members, of whom `optedOut` left. */
  later(changed: number, optedOut: number): Calls;
  /** Besides: fields of so many members are written. */
  fields(members: number): Calls;
  /** Besides: opt-outs of so many members are carried to it. */
  optOuts(people: number): Calls;
}

export const once = (source: string): Least => ({ calls: 1, source });

/** Calls for `rows` rows; an empty read costs one call, too. */
export const pages = (rows: number, perPage: number): number => Math.max(1, Math.ceil(rows / perPage));

/** Calls that are only made if there is something to write. */
export const batches = (writes: number, perCall: number): number => Math.ceil(writes / perCall);

/** What is asked for several reasons, is asked as often as all of them say. */
export const together = (...parts: readonly Calls[]): Calls => {
  const all: Record<string, Least> = {};
  for (const part of parts)
    for (const [kind, { calls, source }] of Object.entries(part)) {
      const before = all[kind];
      if (calls > 0)
        all[kind] =
          before === undefined
            ? { calls, source }
            : { calls: before.calls + calls, source: `${before.source}; ${source}` };
    }
  return all;
};

const count = (calls: Calls): number => Object.values(calls).reduce((sum, one) => sum + one.calls, 0);

/** All calls of both systems. */
export const sumOf = ({ crm, marketing }: LeastCalls): number => count(crm) + count(marketing);

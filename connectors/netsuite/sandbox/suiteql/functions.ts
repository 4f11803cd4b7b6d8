import { type Expression, SqlError } from './ast.ts';
import type { Context, Scalar } from './compile.ts';
import { compareValues, formatted, isMoment, numberOf, parsed, type Session, textOf, type Value } from './values.ts';

type Call = Expression & { kind: 'call' };
type Plain = (session: Session, values: readonly Value[]) => Value;

const AGGREGATES: readonly string[] = ['count', 'max', 'min'];

export const isAggregate = (name: string): boolean => AGGREGATES.includes(name);

/** Functions of one row; everything else is refused. */
const PLAIN: Readonly<Record<string, Plain>> = {
  upper: (session, [value = null]) => textOf(session, value)?.toUpperCase() ?? null,
  lower: (session, [value = null]) => textOf(session, value)?.toLowerCase() ?? null,
  trim: (session, [value = null]) => textOf(session, value)?.trim() || null,
  length: (session, [value = null]) => textOf(session, value)?.length ?? null,
  nvl: (_session, [value = null, otherwise = null]) => value ?? otherwise,
  coalesce: (_session, values) => values.find((value) => value !== null) ?? null,
  to_number: (_session, [value = null]) => (value === null ? null : numberOf(value)),
  to_char(session, [value = null, model = null]) {
    if (value === null || !isMoment(value) || model === null) return textOf(session, value);
    return formatted(session, value, String(model));
  },
  to_date: toDate,
  to_timestamp: toDate,
};

function toDate(session: Session, [value = null, model = null]: readonly Value[]): Value {
  if (value === null || isMoment(value)) return value;
  if (model === null) throw new SqlError('Search error occurred: TO_DATE takes a text and its format.');
  return parsed(session, String(value), String(model));
}

/** A call as a function of the rows; of constants it is worked out once. */
export function callOf(session: Session, call: Call, args: readonly Scalar[]): Scalar {
  if (isAggregate(call.name)) return aggregate(session, call, args);
  const plain = Object.hasOwn(PLAIN, call.name) ? PLAIN[call.name] : undefined;
  if (plain === undefined) throw new SqlError(`Search error occurred: Invalid function ${call.name.toUpperCase()}.`);
  if (call.args.every(({ kind }) => kind === 'literal')) {
    const value = plain(
      session,
      args.map((one) => one({ rows: [] })),
    );
    return () => value;
  }
  return (context) =>
    plain(
      session,
      args.map((one) => one(context)),
    );
}

function aggregate(session: Session, { name, star, distinct }: Call, [argument]: readonly Scalar[]): Scalar {
  return ({ group = [] }) => {
    if (star || argument === undefined) return group.length;
    const values = group.map((one: Context) => argument(one)).filter((value) => value !== null);
    if (name === 'count') return distinct ? new Set(values.map((value) => textOf(session, value))).size : values.length;
    return values.reduce<Value>((best, value) => {
      const order = best === null ? undefined : compareValues(session, value, best);
      if (order === undefined) return value;
      return (name === 'max') === order > 0 ? value : best;
    }, null);
  };
}

/** What SuiteQL was understood to ask for. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | null }
  | { readonly kind: 'column'; readonly table: string | undefined; readonly name: string }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly star: boolean;
      readonly distinct: boolean;
    }
  | { readonly kind: 'concat'; readonly parts: readonly Expression[] };

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'like';
      readonly left: Expression;
      readonly pattern: Expression;
      readonly escapeSign: string | undefined;
    }
  | { readonly kind: 'null'; readonly left: Expression }
  | { readonly kind: 'in'; readonly left: Expression; readonly values: readonly Expression[] | Query };

export interface SelectItem {
  readonly expression: Expression | 'star';
  /** As written; `undefined`: the column's own name, or `expr1`. */
  readonly alias: string | undefined;
}

export interface Join {
  readonly table: string;
  readonly alias: string;
  readonly outer: boolean;
  readonly on: Condition;
}

export interface Query {
  readonly distinct: boolean;
  readonly select: readonly SelectItem[];
  readonly table: string;
  readonly alias: string;
  readonly joins: readonly Join[];
  readonly where: Condition | undefined;
  readonly groupBy: readonly Expression[];
  readonly orderBy: readonly {
    readonly expression: Expression;
    readonly descending: boolean;
    readonly nullsFirst: boolean;
  }[];
  readonly fetchFirst: number | undefined;
}

/** A query that cannot be: 400 INVALID_PARAMETER. */
export class SqlError extends Error {
  constructor(detail: string) {
    super(`Invalid search query. Detailed unprocessed description follows. ${detail}`);
    this.name = 'SqlError';
  }
}

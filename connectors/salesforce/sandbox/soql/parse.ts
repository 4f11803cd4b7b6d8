import { type Query as Parsed, parseQuery } from '@jetstreamapp/soql-parser-js';
import { toCondition } from './conditions.ts';
import { type Ordering, type Query, SoqlError } from './query.ts';

/**
 * The parser's string token does not span the line separators U+2028 and U+2029, which SOQL strings may hold; their
 * escapes mean the same inside a string and are an error outside of one, as the bare characters are.
 */
function parserSafe(text: string): string {
  return text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function parse(text: string): Parsed {
  try {
    return parseQuery(parserSafe(text));
  } catch (error) {
    const first = error instanceof Error ? error.message.split('\n')[0] : undefined;
    throw new SoqlError('MALFORMED_QUERY', first ?? 'unexpected token');
  }
}

/** Clauses the vendor has and this stand-in has not: refused, never ignored. */
function refuseUnbuilt(parsed: Parsed): void {
  const unbuilt: readonly [boolean, string][] = [
    ['groupBy' in parsed && parsed.groupBy !== undefined, 'GROUP BY'],
    ['having' in parsed && parsed.having !== undefined, 'HAVING'],
    [parsed.usingScope !== undefined, 'USING SCOPE'],
    [parsed.withDataCategory !== undefined, 'WITH DATA CATEGORY'],
    [parsed.sObjectAlias !== undefined, 'object aliases'],
  ];
  const found = unbuilt.find(([present]) => present);
  if (found) throw new SoqlError('MALFORMED_QUERY', `the sandbox does not build ${found[1]}`);
}

function orderings(parsed: Parsed): readonly Ordering[] {
  if (parsed.orderBy === undefined) return [];
  const clauses = Array.isArray(parsed.orderBy) ? parsed.orderBy : [parsed.orderBy];
  return clauses.map((clause) => {
    if (!('field' in clause))
      throw new SoqlError('MALFORMED_QUERY', 'the sandbox does not build functions in ORDER BY');
    // "NULLS FIRST" is the vendor's default in either direction.
    return { path: clause.field, descending: clause.order === 'DESC', nullsLast: clause.nulls === 'LAST' };
  });
}

interface Selection {
  readonly select: readonly string[];
  readonly fieldGroups: readonly string[];
  readonly count: boolean;
}

function selection(parsed: Parsed): Selection {
  const select: string[] = [];
  const fieldGroups: string[] = [];
  let count = false;
  for (const item of parsed.fields ?? []) {
    if (item.type === 'Field' && item.alias === undefined) select.push(item.field);
    else if (item.type === 'FieldRelationship') select.push([...item.relationships, item.field].join('.'));
    else if (item.type === 'FieldFunctionExpression' && item.functionName.toUpperCase() === 'FIELDS') {
      fieldGroups.push(String(item.parameters[0]).toUpperCase());
    } else if (item.type === 'FieldFunctionExpression' && item.rawValue?.toUpperCase() === 'COUNT()') count = true;
    else throw new SoqlError('MALFORMED_QUERY', `the sandbox does not build ${item.type} in SELECT`);
  }
  return { select, fieldGroups, count };
}

function build(parsed: Parsed): Query {
  refuseUnbuilt(parsed);
  if (parsed.sObject === undefined) throw new SoqlError('MALFORMED_QUERY', 'unexpected token: FROM');
  const where = parsed.where === undefined ? undefined : toCondition(parsed.where, build);
  return {
    object: parsed.sObject,
    ...selection(parsed),
    orderBy: orderings(parsed),
    ...(where === undefined ? {} : { where }),
    ...(parsed.limit === undefined ? {} : { limit: parsed.limit }),
    ...(parsed.offset === undefined ? {} : { offset: parsed.offset }),
  };
}

/**
 * SOQL text as a {@link Query}.
 * @throws SoqlError `MALFORMED_QUERY`
 */
export function parseSoql(text: string): Query {
  return build(parse(text));
}

import { invalid } from '../portal/api-error.ts';
import { type Contact, propertyValue } from '../portal/contact-book.ts';
import type { PortalWorld } from '../portal/portal.ts';
import type { PropertyDefinition } from '../portal/property.ts';
import { type Body, textIn, textsIn } from './route.ts';

export type Predicate = (contact: Contact) => boolean;

/** A filter, ready to be asked of many contacts. */
export function predicateOf(world: PortalWorld, filter: Body): Predicate {
  const property = propertyNamed(world, textIn(filter, 'propertyName') ?? '');
  const { name } = property;
  const operator = textIn(filter, 'operator') ?? '';
  const known = (contact: Contact): boolean => propertyValue(contact, name) !== undefined;
  const when =
    (test: (value: string) => boolean): Predicate =>
    (contact) => {
      const value = propertyValue(contact, name);
      return value !== undefined && test(value);
    };
  switch (operator) {
    case 'HAS_PROPERTY':
      return known;
    case 'NOT_HAS_PROPERTY':
      return (contact) => !known(contact);
    case 'EQ':
      return when(equals(property, needed(filter, 'value')));
    case 'NEQ':
      return otherThan(world, property, equals(property, needed(filter, 'value')));
    case 'IN':
      return when(among(property, textsIn(filter, 'values')));
    case 'NOT_IN':
      return otherThan(world, property, among(property, textsIn(filter, 'values')));
    case 'LT':
    case 'LTE':
    case 'GT':
    case 'GTE':
      return when(compared(property, operator, needed(filter, 'value')));
    case 'BETWEEN':
      return between(property, when, needed(filter, 'value'), needed(filter, 'highValue'));
    case 'CONTAINS_TOKEN':
      return when(hasToken(needed(filter, 'value')));
    case 'NOT_CONTAINS_TOKEN':
      return otherThan(world, property, hasToken(needed(filter, 'value')));
    default:
      throw invalid(`Invalid input JSON: ${operator} is no operator`);
  }
}

export function propertyNamed({ state }: PortalWorld, name: string): PropertyDefinition {
  const property = state.properties.get(name.toLowerCase());
  if (property === undefined || property.archivedAtMs !== undefined) {
    throw invalid(`There was a problem with the request. Property '${name}' does not exist`);
  }
  return property;
}

function needed(filter: Body, field: string): string {
  const value = textIn(filter, field);
  if (value === undefined) throw invalid(`The operator ${String(filter.operator)} needs ${field}`);
  return value;
}

function isNumeric({ type }: PropertyDefinition): boolean {
  return type === 'number' || type === 'date' || type === 'datetime';
}

/** "dates are epoch-millisecond strings" */
function numberIn({ name, type }: PropertyDefinition, value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) {
    throw invalid(`There was a problem with the request. ${value} is no ${type} for ${name}`);
  }
  return number;
}

function equals(property: PropertyDefinition, wanted: string): (value: string) => boolean {
  if (isNumeric(property)) {
    const number = numberIn(property, wanted);
    return (value) => Number(value) === number;
  }
  const lower = wanted.toLowerCase();
  return (value) => value.toLowerCase() === lower;
}

/** "`IN` values must be lower case for string properties": others find nobody. */
function among(property: PropertyDefinition, wanted: readonly string[]): (value: string) => boolean {
  if (isNumeric(property)) {
    const numbers = new Set(wanted.map((value) => numberIn(property, value)));
    return (value) => numbers.has(Number(value));
  }
  const values = new Set(wanted);
  return (value) => values.has(property.type === 'string' ? value.toLowerCase() : value);
}

function compared(property: PropertyDefinition, operator: string, wanted: string): (value: string) => boolean {
  const limit = isNumeric(property) ? numberIn(property, wanted) : wanted.toLowerCase();
  const side = (value: string): number => {
    const own = isNumeric(property) ? Number(value) : value.toLowerCase();
    return own < limit ? -1 : own > limit ? 1 : 0;
  };
  switch (operator) {
    case 'LT':
      return (value) => side(value) < 0;
    case 'LTE':
      return (value) => side(value) <= 0;
    case 'GT':
      return (value) => side(value) > 0;
    default:
      return (value) => side(value) >= 0;
  }
}

function between(
  property: PropertyDefinition,
  when: (test: (value: string) => boolean) => Predicate,
  low: string,
  high: string,
): Predicate {
  const above = compared(property, 'GTE', low);
  const below = compared(property, 'LTE', high);
  return when((value) => above(value) && below(value));
}

/** A word of the value; `*` stands for any letters. */
function hasToken(wanted: string): (value: string) => boolean {
  const escaped = wanted.toLowerCase().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const expression = new RegExp(`^${escaped.replaceAll('*', '.*')}$`);
  return (value) => {
    const lower = value.toLowerCase();
    return expression.test(lower) || lower.split(/[\s@.,;+_-]+/).some((token) => expression.test(token));
  };
}

function otherThan(
  { switches }: PortalWorld,
  { name }: PropertyDefinition,
  same: (value: string) => boolean,
): Predicate {
  const empty = switches.isOn('negationsMatchEmpty');
  return (contact) => {
    const value = propertyValue(contact, name);
    return value === undefined ? empty : !same(value);
  };
}

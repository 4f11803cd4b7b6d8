import fc from 'fast-check';

/** Values of the wrong type, size or sense, as answers of a vendor have had them, or might. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  1e15,
  -1e15,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '0',
  '5',
  '-1',
  '1000',
  'true',
  'false',
  'null',
  '2099',
  '0000-00-00',
  '2026-13-45T99:99:99+00:00',
  '2099-01-01T00:00:00+00:00',
  '1970-01-01',
  'Wed, 21 Oct 2099 07:28:00 GMT',
  'Subscribed',
  'subscribed',
  'unsubscribed',
  'cleaned',
  'archived',
  'pending',
  'signup',
  'unsub',
  '..',
  '../../lists',
  '__proto__',
  'constructor',
  '<!DOCTYPE html><html></html>',
  'x'.repeat(5000),
  '\u0000',
  '\u202egro.elpmaxe@nna',
  '\ud800',
  'аnn@example.org', // the first letter is Cyrillic
  'https://evil.example/services/data/v66.0/query/01gxx0000000000AAA-2000',
  [],
  [[]],
  [null],
  [true],
  [{}],
  ['subscribed'],
  {},
  { 0: true },
  { length: 3 },
  { toString: 'x' },
  { name: null },
];

const odd: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** One thing that is wrong in an otherwise right answer. */
export interface Mutation {
  /** Which place of the answer, counted through all of them. */
  readonly place: number;
  readonly how: 'replace' | 'drop' | 'text' | 'wrap' | 'twice' | 'reverse' | 'add' | 'empty';
  readonly value: unknown;
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(5000),
  how: fc.constantFrom(
    'replace',
    'replace',
    'replace',
    'drop',
    'drop',
    'text',
    'wrap',
    'twice',
    'reverse',
    'add',
    'empty',
  ),
  value: odd,
});

/** An answer with nothing right in it. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(odd, fc.jsonValue({ maxDepth: 4 }));

type Place = readonly (string | number)[];

/** Every place inside a value, itself first; the cap keeps large answers quick. */
const placesIn = (value: unknown, here: Place = [], found: Place[] = []): readonly Place[] => {
  if (found.length > 2000) return found;
  found.push(here);
  if (Array.isArray(value)) for (const [i, one] of value.entries()) placesIn(one, [...here, i], found);
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) placesIn(one, [...here, key], found);
  return found;
};

const changed = (value: unknown, { how, value: odd }: Mutation): unknown => {
  switch (how) {
    case 'text':
      return JSON.stringify(value) ?? '';
    case 'wrap':
      return [value];
    case 'twice':
      return Array.isArray(value) ? [...value, ...value] : [value, value];
    case 'reverse':
      return Array.isArray(value) ? value.toReversed() : odd;
    case 'add':
      if (Array.isArray(value)) return [...value, odd];
      return typeof value === 'object' && value !== null ? { ...value, added: odd } : odd;
    case 'empty':
      return Array.isArray(value) ? [] : {};
    default:
      return odd;
  }
};

const at = (value: unknown, place: Place, mutation: Mutation): unknown => {
  const [key, ...rest] = place;
  if (key === undefined) return changed(value, mutation);
  const dropped = rest.length === 0 && mutation.how === 'drop';
  if (Array.isArray(value))
    return dropped ? value.toSpliced(Number(key), 1) : value.with(Number(key), at(value[Number(key)], rest, mutation));
  const { [key]: old, ...others } = value as Readonly<Record<string, unknown>>;
  return dropped ? others : { ...others, [key]: at(old, rest, mutation) };
};

/** The answer with all that is wrong; the original is left as it is. */
export const mutated = (answer: unknown, mutations: readonly Mutation[]): unknown =>
  mutations.reduce((value: unknown, mutation) => {
    const places = placesIn(value);
    const place = places[mutation.place % places.length] ?? [];
    return at(value, place, mutation);
  }, answer);

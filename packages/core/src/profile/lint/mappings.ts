import type { FieldSchema } from '@heed/contract';
import { convertible, transformsTowards } from '../../fields/convert.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { Finding } from '../place.ts';
import type { FieldMapping, Side } from '../profile.ts';
import { quoted } from '../secret-like.ts';
import { fieldNames, fieldOf, findingAt, type LiveSubject, type Remark, some } from './report.ts';

/** The same pair of fields, for one CRM record type. */
interface Pair {
  readonly mapping: FieldMapping;
  readonly crm: FieldSchema;
  readonly marketing: FieldSchema;
  /** `Contact.Title` */
  readonly crmName: string;
  readonly tell: (key: string, remark: Remark) => void;
}

const goesTo = (mapping: FieldMapping, side: Side): boolean =>
  mapping.direction === 'both' || mapping.direction === (side === 'crm' ? 'marketing-to-crm' : 'crm-to-marketing');

const nameOf = (pair: Pair, side: Side): string => (side === 'crm' ? pair.crmName : pair.marketing.name);

const other = (side: Side): Side => (side === 'crm' ? 'marketing' : 'crm');

/** Turning the mapping to one way helps if its other way works. */
const oneWayFix = (pair: Pair, failing: Side): string | null => {
  if (pair.mapping.direction !== 'both') return null;
  const back = transformsTowards(pair.mapping, other(failing));
  if ('oneWay' in back || convertible(pair[failing], pair[other(failing)], back.transforms).can === 'no') return null;
  return `write direction: ${failing === 'crm' ? 'crm-to-marketing' : 'marketing-to-crm'}`;
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const checkOptions = (pair: Pair, to: Side): void => {
  const from = pair[other(to)];
  const target = pair[to];
  const way = transformsTowards(pair.mapping, to);
  if ('oneWay' in way) return;
  const map = way.transforms.find((transform) => transform.kind === 'map');
  if (map !== undefined) {
    const keys = Object.keys(map.values);
    const unmapped = (from.options ?? []).filter((option) => !keys.includes(option));
    if (unmapped.length > 0)
      pair.tell('transform', {
        stops: 'nothing',
        what: `the map says nothing about ${some(unmapped)} of ${nameOf(pair, other(to))}, so those values are set aside`,
        fix: 'Add them to the map',
      });
  }
  if (target.options === null) return;
  const { options } = target;
  const outgoing = map !== undefined ? Object.values(map.values) : way.transforms.length === 0 ? from.options : null;
  const unknown = [...new Set(outgoing ?? [])].filter((value) => !options.includes(value));
  if (unknown.length === 0) return;
  const meant = map === undefined || unknown[0] === undefined ? undefined : didYouMean(unknown[0], options);
  pair.tell(map === undefined ? to : 'transform', {
    stops: 'nothing',
    what: `${some(unknown)} cannot be stored in ${nameOf(pair, to)}, so those values are set aside`,
    fix: `Its options are ${some(options)}`,
    didYouMean: meant,
  });
};

const checkDirection = (pair: Pair, to: Side): void => {
  const [source, target] = [pair[other(to)], pair[to]];
  const way = transformsTowards(pair.mapping, to);
  if ('oneWay' in way) {
    const what = `the transform ${way.oneWay.kind} cannot be undone, so this mapping cannot go both ways`;
    pair.tell('transform', { what, fix: 'Write direction: crm-to-marketing' });
    return;
  }
  const found = convertible(source, target, way.transforms);
  const [from, into] = [nameOf(pair, other(to)), nameOf(pair, to)];
  if (found.can === 'no') {
    const what = `${from} (${source.type}) cannot become ${into} (${target.type}): ${found.why}`;
    const fix = oneWayFix(pair, to) ?? 'map another field, or change the transform';
    pair.tell(way.transforms.length > 0 ? 'transform' : to, { what, fix: capitalised(fix) });
    return;
  }
  if (!target.writable) {
    const what = `${into} cannot be written by this user`;
    pair.tell(to, { what, fix: `Give the user edit permission, or ${oneWayFix(pair, to) ?? 'map another field'}` });
  }
  if (found.can === 'lossy') {
    const what = `${from} (${source.type}) loses ${found.loses} in ${into} (${target.type})`;
    pair.tell(to, { stops: 'nothing', what, fix: '' });
  }
  const short = target.maxLength !== null && (source.maxLength ?? 0) > target.maxLength;
  if (short && way.transforms.length === 0 && source.options === null) {
    const what = `${from} holds ${source.maxLength} characters and ${into} only ${target.maxLength}; longer values are set aside, never cut`;
    pair.tell(to, { stops: 'nothing', what, fix: '' });
  }
  checkOptions(pair, to);
};

const checkCrmName = (subject: LiveSubject, mapping: FieldMapping, tell: Pair['tell']): void => {
  const { types, crm } = subject;
  const lacking = types.filter((type) => fieldOf(type, mapping.crm) === undefined).map((type) => type.name);
  if (lacking.length === 0) return;
  if (lacking.length < types.length) {
    const what = `${lacking.join(', ')} has no field ${mapping.crm}, so it takes no part in this mapping`;
    tell('crm', { stops: 'nothing', what, fix: '' });
    return;
  }
  const what = `${crm.title} has no field ${quoted(mapping.crm)} on ${lacking.join(', ')} that this user can see`;
  const meant = didYouMean(mapping.crm, fieldNames(types));
  tell('crm', { what, fix: meant === undefined ? 'heed fields shows those there are' : '', didYouMean: meant });
};

/** Opt-out fields, of all mail or of one topic, and the address have operations of their own (C9). */
const checkReserved = (subject: LiveSubject, mapping: FieldMapping, tell: Pair['tell']): void => {
  const optOuts = subject.types.flatMap(({ standardOptOut: standard, topicOptOuts = {} }) => [
    ...(standard !== null && 'field' in standard ? [standard.field] : []),
    ...Object.values(topicOptOuts).map(({ field }) => field),
  ]);
  if (optOuts.includes(mapping.crm)) {
    const what = `${mapping.crm} is an opt-out field of ${subject.crm.title}; consent never rides on a field`;
    tell('crm', { rule: 'C9', what, fix: 'Remove this mapping; opt-outs are carried without one' });
  }
  for (const side of ['crm', 'marketing'] as const) {
    if (!goesTo(mapping, side) || !/^(e-?mail|e-?mail_?address)$/i.test(mapping[side])) continue;
    const what = `${mapping[side]} is the address itself and is not written as a field`;
    tell(side, { rule: 'C9', what, fix: 'Remove this mapping; address changes are followed without one' });
  }
};

/** Mapped fields exist, can be written, and their values can be carried. */
export const lintMappings = (subject: LiveSubject): readonly Finding[] => {
  const { profile, types, marketing, marketingSchema } = subject;
  const findings: Finding[] = [];
  profile.fields.forEach((mapping, index) => {
    const told = new Set<string>();
    const tell = (key: string, remark: Remark): void => {
      // Two record types often have the same fault in the same field: once is enough.
      const once = `${key}: ${remark.what.replaceAll(/\w+\.(?=\w)/g, '')}`;
      if (!told.has(once)) findings.push(findingAt(profile, ['fields', index, key], remark));
      told.add(once);
    };
    checkCrmName(subject, mapping, tell);
    checkReserved(subject, mapping, tell);
    const target = marketingSchema.recordTypes.map((type) => fieldOf(type, mapping.marketing)).find((field) => field);
    if (target === undefined) {
      const what = `${marketing.title} has no field ${quoted(mapping.marketing)} in this audience`;
      const meant = didYouMean(mapping.marketing, fieldNames(marketingSchema.recordTypes));
      tell('marketing', {
        what,
        fix: meant === undefined ? 'heed fields shows those there are' : '',
        didYouMean: meant,
      });
      return;
    }
    for (const type of types) {
      const crm = fieldOf(type, mapping.crm);
      if (crm === undefined) continue;
      const pair: Pair = { mapping, crm, marketing: target, crmName: `${type.name}.${crm.name}`, tell };
      if (goesTo(mapping, 'marketing')) checkDirection(pair, 'marketing');
      if (goesTo(mapping, 'crm')) checkDirection(pair, 'crm');
    }
  });
  return findings;
};

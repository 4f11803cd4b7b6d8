import type { Explanation } from '@heed/core';
import { paragraph } from '../terminal/text.ts';
import { iso, moment } from '../terminal/words.ts';

type Now = Explanation['now'][number];
type Deciding = Now['properties'][number];

export const MAIL = { yes: 'can be mailed', no: 'no mail', unknown: 'unknown' } as const;

export const nowJson = (now: Now) => ({
  ...now,
  properties: now.properties.map((one) => ({ ...one, since: iso(one.since) })),
});

const shown = ({ value }: Deciding): string => {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? Object.values(value).join(', ') : String(value);
};

/** What blocks, and what tells nothing by itself, says why. */
const propertyText = (one: Deciding): string => {
  const { name, blocks, since, why } = one;
  const dated = since === null ? '' : `, since ${moment(since)}`;
  const effect =
    blocks === true
      ? ` (blocks)${dated}: ${why}`
      : blocks === null
        ? `${dated} (tells nothing by itself: ${why})`
        : dated;
  return paragraph(`${name}: ${shown(one)}${effect}`, '        ', '      ');
};

const placeOf = ({ record }: Deciding): string =>
  record === null ? 'of the address itself' : `${record.type} ${record.id}`;

/** Which one decides: one, or none that leads. */
const leadText = ({ leading, properties }: Now): string => {
  if (leading !== null) return `Leading property: ${leading}.`;
  const names = (some: readonly Deciding[]): string => [...new Set(some.map(({ name }) => name))].join(', ');
  const deciding = properties.filter(({ blocks }) => blocks !== null);
  if (deciding.length === 0) return 'No leading property: nothing that can be read decides by itself.';
  const blocking = properties.filter(({ blocks }) => blocks === true);
  const now = blocking.length === 0 ? 'none of them blocks now' : `what blocks now: ${names(blocking)}`;
  return `No leading property: each of these can block by itself: ${names(deciding)}; ${now}.`;
};

/** One system, asked just now: its records, what decides on each, and whether one of it leads. */
export const nowText = (now: Now): string => {
  const { system, mailable, properties } = now;
  if (properties.length === 0) return `  ${system}, asked now: it has no record of this address.`;
  const places = Map.groupBy(properties, placeOf);
  return [
    `  ${system}, asked now: ${MAIL[mailable]}`,
    ...[...places].flatMap(([place, some]) => [`    ${place}`, ...some.map(propertyText)]),
    paragraph(leadText(now), '      ', '    '),
  ].join('\n');
};

import { type Columns, ConnectorError } from '@heed/contract';
import { columnsOf } from './contact.ts';
import { OPT_OUT, type Properties, type PropertyBook } from './properties.ts';
import type { WireContact } from './wire.ts';

/** Throws where an answer says nothing of a property that was asked for, and the read could not be told from a whole one. */
export type LeftOutCheck = (contacts: readonly WireContact[], known: Properties, signal: AbortSignal) => Promise<void>;

/**
 * What is empty comes as null (doc); a property that was deleted since this run began is left out without a word. Rows without it
 * would stand there as read, and nobody would read them again until they change: so the read ends, and the next run names the
 * property. One that the portal still lists is hidden from the app, and stays unknown (C18); but no opt-out of a member is
 * ever unknown. Costs one call, once, where something was left out.
 */
export const leftOutCheck = (book: PropertyBook, wanted: Columns, asMember: boolean): LeftOutCheck => {
  const hidden = new Set<string>();
  return async (contacts, known, signal) => {
    const asked = columnsOf(known, wanted, asMember).filter((name) => known.has(name) && !hidden.has(name));
    const leftOut = asked.filter((name) => contacts.some(({ properties }) => !Object.hasOwn(properties, name)));
    if (leftOut.length === 0) return;
    const listed = await book.renewed(signal);
    const gone = leftOut.find((name) => !listed.has(name));
    if (gone !== undefined)
      throw new ConnectorError(
        'config',
        `HubSpot: the property ${gone} is gone since this run began; put it back, or take it out of the profile; see \`heed fields\``,
        { field: gone },
      );
    if (asMember && leftOut.includes(OPT_OUT))
      throw new ConnectorError(
        'forbidden',
        `HubSpot: ${OPT_OUT} is hidden from this app, so nobody's opt-out can be read`,
        {
          field: OPT_OUT,
        },
      );
    for (const name of leftOut) hidden.add(name);
  };
};

import { ALL_MAIL, type Customer, didYouMean } from '@heed/core';
import { UsageError } from '../invocation.ts';

/** `*`, or a topic that a profile of the customer names (C17). */
export const topicOf = ({ name, profiles }: Customer, wanted: unknown): string => {
  if (typeof wanted !== 'string') return ALL_MAIL;
  const known = [...new Set(profiles.flatMap(({ topics }) => topics.map((topic) => topic.name)))];
  if (known.includes(wanted)) return wanted;
  const meant = didYouMean(wanted, known);
  const there = known.length === 0 ? 'Its profiles name no topics.' : `There are: ${known.join(', ')}.`;
  throw new UsageError(
    `${name} has no topic "${wanted}" (C17). ${meant === undefined ? there : `Did you mean "${meant}"?`}`,
  );
};

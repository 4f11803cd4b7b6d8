import type { SystemSchema, TopicSchema } from '@heed/contract';
import { type ObservedTopics, sourceOf } from '../consent/observe.ts';
import type { TopicMapping } from '../profile/profile.ts';
import type { TopicFields } from './consent-fields.ts';
import type { View } from './view.ts';

type FieldsByType = Readonly<Record<string, TopicFields>>;

/**
 * A profile as one of its topics sees it (C17): opt-outs live in the fields of the topic and in its state in marketing, or where a
 * side knows no such topic and the profile says so, in the opt-out of everything. All else is as for all mail. Pure.
 */
export const viewOfTopic = (
  all: View,
  topic: TopicMapping,
  fields: FieldsByType,
  known: readonly TopicSchema[],
): View => {
  const { name, marketing, collapse } = topic;
  const collapses = {
    crm: topic.crm === null && collapse !== null,
    marketing: marketing === null && collapse !== null,
  };
  const own = Object.fromEntries(Object.entries(fields).map(([type, { optOut }]) => [type, optOut]));
  return {
    ...all,
    marketingSource: sourceOf(all.marketing, marketing ?? 'status'),
    settings: {
      ...all.settings,
      // Nobody is made known to a tool for the sake of one topic.
      optOutUnknown: false,
      optOutFields: collapses.crm ? all.settings.optOutFields : own,
    },
    scope: {
      ...all.scope,
      crmFields: [...new Set(Object.values(own).flatMap((rules) => rules.map(({ field }) => field)))],
      topic: { name, id: marketing },
    },
    topic: {
      name,
      id: marketing ?? (collapses.marketing ? all.topic.id : null),
      collapses,
      collapse,
      joined: known.find(({ id }) => id === marketing)?.mayBeDefault === true,
    },
  };
};

/** What of each row is about single topics. */
export const observedOf = ({ topics }: SystemSchema, fieldsByTopic: readonly FieldsByType[]): ObservedTopics => {
  const fields = fieldsByTopic.flatMap((byType) => Object.values(byType));
  return {
    fields: Object.fromEntries(
      fields.flatMap(({ optOut, within }) => optOut.map(({ field }) => [field, within] as const)),
    ),
    joined: topics.filter(({ mayBeDefault }) => mayBeDefault === true).map(({ id }) => id),
  };
};

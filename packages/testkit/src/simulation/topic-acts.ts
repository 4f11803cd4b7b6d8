import type { Actors } from './actors.ts';
import type { Act, TopicActName } from './schedule.ts';

/** What people do about the one topic of the profile, and about nothing else. */
export const TOPIC_DEEDS: Readonly<Record<TopicActName, (actors: Actors, act: Act) => void>> = {
  'leave topic': (actors, act) =>
    actors.member(
      act,
      ({ snap }) => !snap.outOfTopic && snap.status !== 'archived',
      (member) => actors.toMember(member, 'person', 'leave topic', { outOfTopic: true }),
    ),
  'join topic': (actors, act) =>
    actors.member(
      act,
      ({ snap }) => snap.outOfTopic,
      (member) =>
        actors.toMember(member, act.other % 2 === 0 ? 'person' : 'operator', 'join topic', { outOfTopic: false }),
    ),
  'tick topic': (actors, act) =>
    actors.record(
      act,
      ({ snap }) => snap.life === 'live' && !snap.outOfTopic,
      (record) => actors.toRecord(record, 'tick topic', { outOfTopic: true }),
    ),
  'untick topic': (actors, act) =>
    actors.record(
      act,
      ({ snap }) => snap.life === 'live' && snap.outOfTopic,
      (record) => actors.toRecord(record, 'untick topic', { outOfTopic: false }),
    ),
};

import type { Json, World } from '../stage/world.ts';

/** A record that is wrong in the middle of right ones. */
export interface BadRecord {
  readonly name: string;
  /** Makes the record; answers the id of the CRM record that it is about, if there is one. */
  readonly given: (world: World) => string;
  /** In the report of the sync: why it was not synced (docs/reasons.md), or the message with which it was set aside. */
  readonly listed?: string;
  /** The profile is other than usual. */
  readonly profile?: Json;
  /** How often it is synced before it is looked at; once unless told. */
  readonly syncs?: number;
  /** Of the last sync. */
  readonly exit: number;
  /** What holds afterwards, of the bad record, for address and record: text as `memberNow` says it, and CRM fields. */
  readonly members?: Readonly<Record<string, string>>;
  readonly record?: Json;
}

import type { World } from '@heed/sandbox';
import { type Account, type Audience, type Member, nextNumber, type Status } from './account.ts';
import { checkAddress, checkReputation } from './address-check.ts';
import { hashOf } from './membership.ts';
import { mergedValues } from './merge-values.ts';
import { forgottenEmail, memberExists, notFound, notValidated } from './problem.ts';
import { tagIds } from './segments.ts';
import { parsedSeconds, secondsOf } from './time.ts';
import { enter, transition } from './transitions.ts';

export type Body = Readonly<Record<string, unknown>>;

/** What every write needs to know. */
export interface WriteContext {
  readonly world: World<Account>;
  readonly audience: Audience;
  readonly callerIp: string;
  readonly skipMergeValidation: boolean;
}

/** POST /members: a new member, or the revival of an archived one. */
export function addMember(context: WriteContext, body: Body): Member {
  const email = checkAddress(body.email_address);
  const status = statusOf(body, 'status');
  if (status === undefined)
    throw notValidated({ field: 'status', message: 'Required fields were not provided: status' });
  const existing = context.audience.members.get(hashOf(email));
  if (existing === undefined) return createMember(context, email, status, body);
  if (existing.status !== 'archived') throw memberExists(email);
  changeMember(context, existing, { ...body, status });
  return existing;
}

/** PUT: changes the member that the path names, renames it when the body has another address, or creates it. */
export function putMember(context: WriteContext, key: string, body: Body): Member {
  const { members } = context.audience;
  const found = members.find(key);
  if (found !== undefined) {
    changeMember(context, found, body);
    return found;
  }
  // The vendor does not compare path and body: a missing hash creates the member under the hash of the body's address.
  const email = checkAddress(body.email_address ?? (key.includes('@') ? key : undefined));
  const clash = members.get(hashOf(email));
  if (clash !== undefined) {
    if (context.world.switches.get('putToUnknownHash') === 'member-exists') throw memberExists(email);
    changeMember(context, clash, body);
    return clash;
  }
  const status = statusOf(body, 'status_if_new') ?? statusOf(body, 'status');
  if (status === undefined) {
    throw notValidated({ field: 'status_if_new', message: 'Required fields were not provided: status_if_new' });
  }
  return createMember(context, email, status, body);
}

/** PATCH: like PUT, but only for a member that exists, and never to `transactional`. */
export function patchMember(context: WriteContext, key: string, body: Body): Member {
  const found = context.audience.members.find(key);
  if (found === undefined) throw notFound();
  if (body.status === 'transactional') throw notValidated(wrongStatus('status'));
  changeMember(context, found, body);
  return found;
}

/** Creates a member; throws when the address was forgotten or is not wanted. */
export function createMember(context: WriteContext, email: string, status: Status, body: Body): Member {
  const { world, audience } = context;
  const hash = hashOf(email);
  if (audience.forgotten.has(hash)) throw forgottenEmail(email);
  checkReputation(email, world.switches);
  const mergeFields = mergedValues(audience, {}, body.merge_fields, context.skipMergeValidation);
  const member: Member = {
    ...freshMember(world, email, secondsOf(world.clock.now())),
    mergeFields,
    emailType: textOf(body, 'email_type') ?? 'html',
    interests: ticked(audience, [], body.interests),
    permissions: permitted(audience, [], body.marketing_permissions),
    segments: tagIds(world, audience, body.tags).map((id) => [id, secondsOf(world.clock.now())] as const),
    language: textOf(body, 'language') ?? '',
    vip: body.vip === true,
    location: locationOf(body) ?? { latitude: 0, longitude: 0 },
  };
  enter(member, status, member.changedS);
  signedUp(member, body);
  if (status === 'subscribed') optedIn(context, member, body);
  audience.members.add(member);
  return member;
}

/** A member without any statement of his own. */
export function freshMember(world: World<Account>, email: string, atS: number): Member {
  return {
    hash: hashOf(email),
    email,
    contactId: world.random.hex(32),
    webId: nextNumber(world.state),
    status: 'transactional',
    optOut: undefined,
    wasCleaned: false,
    emailType: 'html',
    mergeFields: {},
    interests: [],
    permissions: [],
    segments: [],
    ipSignup: '',
    signupS: undefined,
    ipOpt: '',
    optInS: undefined,
    changedS: atS,
    language: '',
    vip: false,
    location: { latitude: 0, longitude: 0 },
    source: 'API - Generic',
    activity: [],
  };
}

/** Applies a request to an existing member: all of it or, when a part is refused, nothing. */
export function changeMember(context: WriteContext, member: Member, body: Body): void {
  const { world, audience } = context;
  const email = body.email_address === undefined ? member.email : checkAddress(body.email_address);
  const hash = hashOf(email);
  if (hash !== member.hash && audience.members.get(hash) !== undefined) throw memberExists(email, true);
  if (hash !== member.hash && audience.forgotten.has(hash)) throw forgottenEmail(email);
  const mergeFields = mergedValues(audience, member.mergeFields, body.merge_fields, context.skipMergeValidation);
  const interests = ticked(audience, member.interests, body.interests);
  const permissions = permitted(audience, member.permissions, body.marketing_permissions);
  const wanted = statusOf(body, 'status');
  const status = wanted === undefined ? undefined : transition(member, wanted, world.switches);

  const before = fingerprint(member);
  const revived = member.status === 'archived' || member.status === 'transactional' || member.status === 'pending';
  if (email !== member.email) audience.members.rename(member, email);
  Object.assign(member, { mergeFields, interests, permissions });
  member.emailType = textOf(body, 'email_type') ?? member.emailType;
  member.language = textOf(body, 'language') ?? member.language;
  member.vip = typeof body.vip === 'boolean' ? body.vip : member.vip;
  member.location = locationOf(body) ?? member.location;
  if (status !== undefined) enter(member, status, secondsOf(world.clock.now()));
  signedUp(member, body);
  // timestamp_opt survives an API opt-out and its undoing; a revival is a new opt-in.
  if (status === 'subscribed' && (revived || member.optInS === undefined)) optedIn(context, member, body);
  else acceptOptInProof(member, body);
  if (fingerprint(member) !== before) bump(world, audience, member);
}

/** Moves `last_changed` to now. */
export function bump(world: World<Account>, audience: Audience, member: Member): void {
  member.changedS = secondsOf(world.clock.now());
  audience.members.changed();
}

/** Everything whose change is a real change. */
function fingerprint(member: Member): string {
  const { changedS: _changed, activity: _activity, optOut: _optOut, ...rest } = member;
  return JSON.stringify(rest);
}

function optedIn(context: WriteContext, member: Member, body: Body): void {
  member.optInS = secondsOf(context.world.clock.now());
  member.ipOpt = context.callerIp;
  acceptOptInProof(member, body);
}

function acceptOptInProof(member: Member, body: Body): void {
  const at = textOf(body, 'timestamp_opt');
  if (at !== undefined && at !== '') member.optInS = Math.floor(parsedSeconds('timestamp_opt', at));
  member.ipOpt = textOf(body, 'ip_opt') ?? member.ipOpt;
}

function signedUp(member: Member, body: Body): void {
  const at = textOf(body, 'timestamp_signup');
  if (at !== undefined && at !== '') member.signupS = Math.floor(parsedSeconds('timestamp_signup', at));
  member.ipSignup = textOf(body, 'ip_signup') ?? member.ipSignup;
}

const REQUESTABLE: readonly string[] = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional'];

/** The status that a body asks for under `name`. */
export function statusOf(body: Body, name: 'status' | 'status_if_new'): Status | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !REQUESTABLE.includes(value)) throw notValidated(wrongStatus(name));
  return value as Status; // one of REQUESTABLE
}

const wrongStatus = (field: string): { field: string; message: string } => ({
  field,
  message: 'Value must be one of: subscribed,unsubscribed,cleaned,pending',
});

function ticked(audience: Audience, present: readonly string[], wanted: unknown): readonly string[] {
  const ids = new Set(present);
  for (const [id, on] of Object.entries(objectOf(wanted))) {
    const known = audience.categories.some((category) => category.interests.some((one) => one.id === id));
    if (!known) throw notValidated({ field: 'interests', message: `Invalid interest ID: "${id}".` });
    if (on === true) ids.add(id);
    else ids.delete(id);
  }
  return [...ids].sort();
}

function permitted(audience: Audience, present: readonly string[], wanted: unknown): readonly string[] {
  const ids = new Set(present);
  for (const one of Array.isArray(wanted) ? wanted : []) {
    const { marketing_permission_id: id, enabled } = objectOf(one);
    if (!audience.permissions.some((permission) => permission.id === id)) {
      throw notValidated({ field: 'marketing_permissions', message: 'Invalid marketing permission ID' });
    }
    if (enabled === true) ids.add(String(id));
    else ids.delete(String(id));
  }
  return [...ids].sort();
}

function locationOf(body: Body): Member['location'] | undefined {
  const { latitude, longitude } = objectOf(body.location);
  return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : undefined;
}

export function textOf(body: Body, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

export function objectOf(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};
}

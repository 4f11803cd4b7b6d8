import type { Audience, Member } from '../account.ts';
import { checkAddress } from '../address-check.ts';
import { shortMemberBody } from '../member-body.ts';
import {
  type Body,
  bump,
  changeMember,
  createMember,
  objectOf,
  statusOf,
  textOf,
  type WriteContext,
} from '../member-write.ts';
import { hashOf } from '../membership.ts';
import { notValidated, Problem } from '../problem.ts';
import {
  audienceOf,
  bodyOf,
  detail,
  type MailchimpCall,
  type MailchimpRoute,
  route,
  selfLink,
  writeContext,
} from '../route.ts';
import { setInSegment, tagIds } from '../segments.ts';
import { rememberBefore } from '../stale.ts';
import { inCompliance } from '../transitions.ts';

const MOST_MEMBERS = 500;

interface ItemError {
  readonly email_address: string;
  readonly error: string;
  readonly error_code: 'ERROR_CONTACT_EXISTS' | 'ERROR_GENERIC';
  readonly field?: string;
  readonly field_message?: string;
}

/** POST /lists/{id}: always 200, every failure only in `errors[]`. */
export const batchRoutes: readonly MailchimpRoute[] = [
  route('POST', '/lists/{list}', (call) => {
    const audience = audienceOf(call);
    const body = bodyOf(call);
    const items = itemsOf(body);
    rememberBefore(
      call,
      audience,
      items.map(({ email_address }) => hashOf(String(email_address))),
    );
    const batch = new Batch(call, audience, body);
    items.forEach((item, index) => {
      batch.take(item, index);
    });
    call.touch(...batch.created.keys(), ...batch.updated.keys());
    const shown = (members: Iterable<Member>): readonly object[] =>
      told(call, [...members]).map((member) => shortMemberBody(call.origin, audience, member));
    return {
      new_members: shown(batch.created.values()),
      updated_members: shown(batch.updated.values()),
      errors: told(call, batch.errors),
      total_created: batch.created.size,
      total_updated: batch.updated.size,
      error_count: batch.errors.length,
      _links: selfLink(call, `/lists/${audience.id}`),
    };
  }),
];

/** Rows that the answer leaves out (`batch-fewer-rows`: every second, or every `details.every`-th) or turns round. */
function told<Row>(call: MailchimpCall, rows: readonly Row[]): readonly Row[] {
  const fewer = call.fault('batch-fewer-rows');
  const left = fewer === undefined ? rows : rows.filter((_, index) => (index + 1) % detail(fewer, 'every', 2) !== 0);
  return call.fault('batch-reordered-rows') === undefined ? left : left.toReversed();
}

function itemsOf(body: Body): readonly Body[] {
  const { members } = body;
  if (!Array.isArray(members))
    throw notValidated({ field: 'members', message: 'Required fields were not provided: members' });
  if (members.length > MOST_MEMBERS) {
    throw notValidated({ field: 'members', message: `Please limit your request to ${MOST_MEMBERS} members` });
  }
  return members.map(objectOf);
}

class Batch {
  readonly created = new Map<string, Member>();
  readonly updated = new Map<string, Member>();
  readonly errors: ItemError[] = [];
  readonly #call: MailchimpCall;
  readonly #context: WriteContext;
  readonly #audience: Audience;
  readonly #updateExisting: boolean;
  readonly #syncTags: boolean;
  readonly #seen = new Set<string>();

  constructor(call: MailchimpCall, audience: Audience, body: Body) {
    this.#call = call;
    this.#context = writeContext(call);
    this.#audience = audience;
    this.#updateExisting = body.update_existing === true;
    this.#syncTags = body.sync_tags === true;
  }

  take(item: Body, index: number): void {
    try {
      this.#failInjected(index);
      this.#apply(item);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.errors.push(itemError(item, error));
    }
  }

  #apply(item: Body): void {
    const email = checkAddress(item.email_address);
    const hash = hashOf(email);
    if (this.#seen.has(hash)) {
      if (this.#call.query.get('skip_duplicate_check') === 'true') return; // the first appearance wins
      throw new Problem(400, 'Duplicate', `Duplicate items found for email address ${email}`);
    }
    this.#seen.add(hash);
    const existing = this.#audience.members.get(hash);
    const revives = existing?.status === 'archived' && this.#call.world.switches.isOn('batchRevivesArchived');
    if (existing !== undefined && !this.#updateExisting && !revives) {
      throw new Problem(
        400,
        'Member Exists',
        `${email} is already a list member, do you want to update? please provide update_existing:true in the request body`,
      );
    }
    const status = this.#statusFor(item, existing);
    const { status: _status, tags, marketing_permissions: _notHere, email_address: _address, ...fields } = item;
    if (existing === undefined) {
      const member = createMember(this.#context, email, status ?? 'subscribed', fields);
      this.#tag(member, tags);
      this.created.set(hash, member);
      return;
    }
    changeMember(this.#context, existing, status === undefined ? fields : { ...fields, status });
    if (this.#tag(existing, tags)) bump(this.#call.world, this.#audience, existing);
    this.updated.set(hash, existing);
  }

  #statusFor(item: Body, existing: Member | undefined): ReturnType<typeof statusOf> {
    const { switches } = this.#call.world;
    const wanted = statusOf(item, 'status');
    if (wanted === undefined) {
      const habit = switches.get('batchWithoutStatus');
      if (habit === 'error')
        throw notValidated({ field: 'status', message: 'Required fields were not provided: status' });
      return habit === 'subscribed' ? 'subscribed' : undefined;
    }
    const silent = switches.get('batchResubscribe') === 'silent';
    const resubscribes = wanted === 'subscribed' && existing?.status === 'unsubscribed' && inCompliance(existing);
    return silent && resubscribes ? undefined : wanted;
  }

  #tag(member: Member, names: unknown): boolean {
    const { world } = this.#call;
    if (!Array.isArray(names) || !world.switches.isOn('batchItemTags')) return false;
    const ids = tagIds(world, this.#audience, names);
    return this.#audience.segments
      .filter((segment) => segment.type === 'static' && (this.#syncTags || ids.includes(segment.id)))
      .map((segment) => setInSegment(world, segment, member, ids.includes(segment.id)))
      .includes(true);
  }

  /** The fault `partial-batch`: every second item fails, or every `details.every`-th. */
  #failInjected(index: number): void {
    const rule = this.#call.fault('partial-batch');
    if (rule === undefined) return;
    const every = typeof rule.details?.every === 'number' ? rule.details.every : 2;
    if ((index + 1) % every === 0) throw new Problem(500, 'Internal Server Error', 'An unexpected error occurred.');
  }
}

function itemError(item: Body, problem: Problem): ItemError {
  const field = problem.details.errors?.[0];
  return {
    email_address: textOf(item, 'email_address') ?? '',
    error: problem.message,
    error_code: problem.title === 'Member Exists' ? 'ERROR_CONTACT_EXISTS' : 'ERROR_GENERIC',
    ...(field === undefined ? {} : { field: field.field, field_message: field.message }),
  };
}

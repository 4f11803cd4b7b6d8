import { ConnectorError, type NewMemberAs } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../src/address-hash.ts';
import type { Api } from '../src/api.ts';
import type { WireMember } from '../src/wire.ts';
import type { Writing } from '../src/writes/outcomes.ts';
import { writeAll } from '../src/writes/write.ts';
import { brief, NOON, ops, signal } from './support.ts';

// Somebody else acts between our look and our request. A stand-in cannot be made to do that in time; these answers can.

const ANN = 'ann@example.org';

const member = (status: string, given: Partial<WireMember> = {}): WireMember => ({
  id: hashOf(ANN),
  email_address: ANN,
  status,
  ...given,
});

const writingWith = (given: Partial<Api>): Writing => ({
  api: new Proxy(given as Api, {
    get: (api, name) => Reflect.get(api, name) ?? (() => Promise.reject(new Error(`not expected: ${String(name)}`))),
  }),
  tools: { vendorNow: () => NOON },
  complaints: new Map(),
  mergeFields: { known: async () => [], refresh: async () => [], forget: () => {} },
  changes: { read: () => {}, wrote: () => {}, archived: async () => new Set(), any: async () => new Set() },
});

const outcomeOf = async (writing: Writing, op: Parameters<typeof writeAll>[1][number]) => {
  const [outcome] = await writeAll(writing, [op], signal);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
};

describe('an opt-out', () => {
  const quicker = async (given: Partial<WireMember>) =>
    outcomeOf(
      writingWith({ member: async () => member('subscribed'), patchMember: async () => member('unsubscribed', given) }),
      ops.optOut(ANN),
    );

  it("is the person's, not ours, when the answer shows the person's reason", async () => {
    expect(await quicker({ unsubscribe_reason: 'I never signed up' })).toMatchObject({
      result: 'unchanged',
      row: { member: { by: 'person' } },
    });
    expect(brief(await quicker({ unsubscribe_reason: 'N/A (Unsubscribed by admin)' }))).toBe('applied');
    expect(brief(await quicker({}))).toBe('applied');
  });

  it('that Mailchimp takes and does not carry out is not called done', async () => {
    const writing = writingWith({
      member: async () => member('pending'),
      patchMember: async () => member('subscribed'),
    });
    expect(brief(await outcomeOf(writing, ops.optOut(ANN)))).toBe('rejected refused subscribed');
  });

  it('of an unknown address whom somebody subscribes at this moment unsubscribes them', async () => {
    const bodies: object[] = [];
    const writing = writingWith({
      member: async () => null,
      putMember: async () => member('subscribed'),
      patchMember: async (_, body) => {
        bodies.push(body);
        return member('unsubscribed');
      },
    });
    expect(brief(await outcomeOf(writing, ops.optOut(ANN, null)))).toBe('applied');
    expect(bodies).toEqual([{ status: 'unsubscribed' }]);
  });
});

describe('a batch of opt-outs', () => {
  const emails = Array.from({ length: 20 }, (_, n) => `n${n}@example.org`);
  const shown = (email: string, given: Partial<WireMember> = {}): WireMember => ({
    id: hashOf(email),
    email_address: email,
    status: 'unsubscribed',
    last_changed: '2026-03-04T12:00:00+00:00',
    ...given,
  });

  /** The first member's row is as given, the others are as they should be. */
  const batch = async (
    given: {
      readonly first?: Partial<WireMember>;
      readonly made?: readonly string[];
      readonly more?: number;
      readonly archiveFails?: boolean;
    },
    sentAt = NOON + 900,
  ) => {
    const archived: string[] = [];
    const alone: string[] = [];
    let posts = 0;
    const made = new Set(given.made ?? []);
    const all = [...emails, ...Array.from({ length: given.more ?? 0 }, (_, n) => `more${n}@example.org`)];
    const writing = writingWith({
      addMembers: async ({ members }) => {
        posts += 1;
        const rows = members.map(({ email_address: email }) => shown(email, email === emails[0] ? given.first : {}));
        return {
          sentAt,
          new_members: rows.filter(({ email_address }) => made.has(email_address)),
          updated_members: rows.filter(({ email_address }) => !made.has(email_address)),
          errors: [],
        };
      },
      archive: async (hash) => {
        if (given.archiveFails) throw new ConnectorError('rate-limited', 'x', { code: 'x', mayHaveApplied: false });
        archived.push(hash);
      },
      member: async (hash) => {
        alone.push(hash);
        return null;
      },
    });
    const outcomes = await writeAll(
      writing,
      all.map((email) => ops.optOut(email)),
      signal,
    );
    const first = outcomes.find(({ op }) => op === `o:${emails[0]}`);
    if (first === undefined) throw new Error('no outcome');
    return { first: brief(first), archived, alone, posts, outcomes };
  };

  it('counts as ours what changed while it was under way, and nothing that was so before', async () => {
    expect((await batch({})).first).toBe('applied');
    expect((await batch({}, NOON + 1_000)).first).toBe('unchanged');
    expect((await batch({ first: { unsubscribe_reason: 'N/A (Unsubscribed by admin)' } })).first).toBe('applied');
    expect((await batch({ first: { unsubscribe_reason: 'I never signed up' } })).first).toBe('unchanged');
    expect((await batch({ first: { last_changed: '' } })).first).toBe('unknown protocol protocol');
  });

  it('that is not carried out is not called done', async () => {
    for (const status of ['subscribed', 'cleaned'])
      expect((await batch({ first: { status } })).first).toBe(`rejected refused ${status}`);
  });

  it('that made somebody anew and cannot archive them leaves that in doubt, whatever the reason', async () => {
    const { first } = await batch({ made: ['n0@example.org'], archiveFails: true });
    expect(first).toBe('unknown rate-limited x');
  });

  it('that made somebody anew archives them, says that they were gone, and sends no further batch', async () => {
    const { first, archived, alone, posts, outcomes } = await batch({ made: ['n0@example.org'], more: 600 });
    expect(first).toBe('rejected missing Resource Not Found');
    expect(archived).toEqual([hashOf('n0@example.org')]);
    expect(posts).toBe(1);
    expect(alone).toHaveLength(120);
    expect(outcomes).toHaveLength(620);
  });
});

describe('a create', () => {
  it('is not ours when the member turns out to have another status', async () => {
    for (const as of ['subscribed', 'pending', 'non-subscribed'] satisfies readonly NewMemberAs[]) {
      const writing = writingWith({ member: async () => null, putMember: async () => member('unsubscribed') });
      expect(await outcomeOf(writing, ops.create(ANN, as))).toMatchObject({
        result: 'unchanged',
        row: { member: { status: 'unsubscribed' } },
      });
    }
  });

  const batch = async (given: { readonly updated?: readonly WireMember[] }) => {
    const archived: string[] = [];
    const writing = writingWith({
      addMembers: async ({ members }) => ({
        sentAt: NOON,
        new_members: members
          .filter(({ email_address }) => email_address !== ANN)
          .map(({ email_address }) => ({ id: hashOf(email_address), email_address, status: 'subscribed' })),
        updated_members: given.updated ?? [],
        errors: [],
      }),
      archive: async (hash) => {
        archived.push(hash);
      },
    });
    const others = Array.from({ length: 10 }, (_, n) => ops.create(`n${n}@example.org`, 'subscribed'));
    const outcomes = await writeAll(writing, [...others, ops.create(ANN, 'subscribed')], signal);
    expect(outcomes.filter(({ result }) => result === 'applied')).toHaveLength(10);
    return { archived, ann: outcomes.find(({ op }) => op === `c:${ANN}`) };
  };

  it('that brought an archived member back to life puts it back', async () => {
    const { archived, ann } = await batch({ updated: [member('subscribed')] });
    expect(archived).toEqual([hashOf(ANN)]);
    expect(ann).toMatchObject({ result: 'rejected', refusal: { code: 'archived' } });
  });

  it('that the answer of a batch does not mention is unknown', async () => {
    expect((await batch({})).ann?.result).toBe('unknown');
  });
});

describe('a rename', () => {
  it('that shows another member or another status is in doubt', async () => {
    for (const answer of [member('subscribed'), member('subscribed', { id: hashOf('new@example.org') })]) {
      const writing = writingWith({ member: async () => member('unsubscribed'), putMember: async () => answer });
      expect(brief(await outcomeOf(writing, ops.rename(ANN, 'new@example.org')))).toBe('unknown protocol protocol');
    }
  });
});

describe('archiving', () => {
  const refused = (): Promise<never> =>
    Promise.reject(new ConnectorError('refused', 'x', { code: 'Method Not Allowed', mayHaveApplied: false }));

  it('that is refused is unchanged if the member is archived by now, else refused', async () => {
    for (const [now, expected] of [
      ['archived', 'unchanged'],
      ['cleaned', 'rejected refused Method Not Allowed'],
    ] as const) {
      const looks = [member('subscribed'), member(now)];
      const writing = writingWith({ member: async () => looks.shift() ?? null, archive: refused });
      expect(brief(await outcomeOf(writing, ops.leave(ANN, 'archive')))).toBe(expected);
    }
  });
});

import { ConnectorError, type Millis } from '@heed/contract';
import { chunk, inParallel, isOfKind, type Manner } from '@heed/toolkit';
import { BATCH } from './api.ts';
import { type Asker, READ } from './ask.ts';
import { understood } from './errors.ts';
import { CONNECTIONS } from './limits.ts';
import type { Paths } from './paths.ts';
import {
  definitionsShape,
  statusesBatchShape,
  statusesShape,
  timeOf,
  type WireDefinition,
  type WireStatus,
  type WireWide,
  wideBatchShape,
  wideShapes,
} from './wire.ts';

/** An opt-out of all mail: of the portal's, or of one brand's (business unit). */
export interface WideOptOut {
  readonly portal: boolean;
  /** Vendor's clock; the only place where HubSpot tells it. */
  readonly since: Millis | null;
}

/** Whether our request made the change, as the answer says. */
export type Changed = 'applied' | 'unchanged';

/**
 * Communication preferences: they belong to an address, with or without a contact (vendor notes, 3.1). The one thing that is
 * never sent by it is the status SUBSCRIBED, but for a new member whom the portal's data privacy settings demand it for.
 */
export type Preferences = ReturnType<typeof createPreferences>;

/** HubSpot's own words, compared with its lower-cased addresses. */
export const addressOf = (email: string): string => email.trim().toLowerCase();

const OUT = 'UNSUBSCRIBED';
const OPT_OUT_BASIS: LegalBasis = { legalBasis: 'LEGITIMATE_INTEREST_OTHER', legalBasisExplanation: 'opt-out' };
/** A write of consent whose answer is lost is looked up by the engine: only so is our echo told from somebody's act (C8). */
const WRITE: Manner = { kind: 'write', repeatable: false };

export const createPreferences = ({ ask }: Asker, paths: Paths) => {
  const root = paths.preferences;
  const channel = { channel: 'EMAIL' } as const;
  /** Batches are for Marketing Hub Enterprise only; a 403 says so, once. */
  let batches = true;

  const pathOf = (email: string, more = ''): string => {
    // What is no address must not become another path; half a letter is in none.
    if (!email.includes('@') || !email.isWellFormed())
      throw new ConnectorError('invalid', 'HubSpot: this is no e-mail address', {
        code: 'INVALID_EMAIL',
        field: 'email',
        mayHaveApplied: false,
      });
    return `${root}/statuses/${encodeURIComponent(addressOf(email))}${more}`;
  };

  /** Null where the plan has no batches, and where one is refused. */
  const batch = async (name: string, path: string, emails: readonly string[], manner: Manner, signal: AbortSignal) => {
    if (!batches || emails.length < 2) return null;
    const query = { ...channel, ...(manner.kind === 'write' ? { verbose: true } : {}) };
    try {
      return (
        await ask(
          { name, method: 'POST', path: `${root}/statuses/batch/${path}`, query, json: { inputs: emails } },
          manner,
          signal,
        )
      ).body;
    } catch (error) {
      if (!isOfKind(error, 'forbidden', 'invalid')) throw error;
      // Refused as a whole for one of them, or for being too many (how many may be in one is not documented): one by one.
      batches &&= error.kind !== 'forbidden';
      return null;
    }
  };

  const wideOf = async (email: string, signal: AbortSignal): Promise<WideOptOut | null> => {
    const request = {
      name: 'opt-out of all',
      method: 'GET',
      path: pathOf(email, '/unsubscribe-all'),
      query: channel,
    } as const;
    const { body } = await ask(request, READ, signal);
    return widest(understood('opt-out of all', wideShapes, body).results);
  };

  const preferences = {
    /** Which of these addresses opted out of all mail, by lower-cased address. Whoever is not in the answer did not. */
    async wide(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, WideOptOut>> {
      const distinct = [...new Set(emails.map(addressOf))];
      const found = new Map<string, WideOptOut>();
      const left: string[] = [];
      for (const piece of chunk(distinct, BATCH)) {
        const body = await batch('opt-outs of all', 'unsubscribe-all/read', piece, READ, signal);
        if (body === null) {
          left.push(...piece);
          continue;
        }
        const { results } = understood('opt-outs of all', wideBatchShape, body);
        const told = new Map(results.map((one) => [addressOf(one.subscriberIdString), widest(one.wideStatuses)]));
        // Whom the answer does not name is asked for alone: silence is not a fact.
        for (const email of piece) {
          const one = told.get(email);
          if (one === undefined) left.push(email);
          else if (one !== null) found.set(email, one);
        }
      }
      await inParallel(left, CONNECTIONS, async (email) => {
        const one = await wideOf(email, signal);
        if (one !== null) found.set(email, one);
      });
      return found;
    },

    /** Every subscription type of an address. */
    async statuses(email: string, signal: AbortSignal): Promise<readonly WireStatus[]> {
      const request = { name: 'statuses', method: 'GET', path: pathOf(email), query: channel } as const;
      const { body } = await ask(request, READ, signal);
      return understood('statuses', statusesShape, body).results;
    },

    /** Opts an address out of all mail; makes no contact. */
    async optOutOfAll(email: string, signal: AbortSignal): Promise<Changed> {
      const path = pathOf(email, '/unsubscribe-all');
      const request = { name: 'opt out of all', method: 'POST', path, query: { ...channel, verbose: true } } as const;
      const { body } = await ask(request, WRITE, signal);
      return changedBy(understood('opt out of all', statusesShape, body ?? {}, true).results);
    },

    /** The same for many by one call; null where the plan has no such call. Who is not in the answer was not mentioned. */
    async optManyOutOfAll(
      emails: readonly string[],
      signal: AbortSignal,
    ): Promise<ReadonlyMap<string, Changed> | null> {
      const body = await batch('opt many out of all', 'unsubscribe-all', emails.map(addressOf), WRITE, signal);
      if (body === null) return null;
      const { results } = understood('opt many out of all', statusesBatchShape, body, true);
      return new Map(results.map((one) => [addressOf(one.subscriberIdString), changedBy(one.statuses ?? [])]));
    },

    /** Opts an address out of one subscription type. */
    async optOutOf(email: string, type: string, signal: AbortSignal): Promise<Changed> {
      const json = { ...channel, statusState: OUT, subscriptionId: Number(type) };
      const request = { name: 'opt out of a type', method: 'POST', path: pathOf(email), json } as const;
      const { body } = await ask(request, WRITE, signal).catch((error: unknown) => {
        // Whether the data privacy settings want a basis for an opt-out, too, is not documented; it must not fail for that.
        if (!isOfKind(error, 'invalid')) throw error;
        return ask({ ...request, json: { ...json, ...OPT_OUT_BASIS } }, WRITE, signal);
      });
      return changedBy(understood('opt out of a type', statusesShape, body ?? {}, true).results);
    },

    /**
     * Subscribes a new member to a type, with its legal basis. Only after a look that showed no opt-out; where v3 is served it
     * refuses whoever opted out meanwhile. v4 and 2026-03 would resubscribe them: if the answer says so, it is undone at once.
     */
    async subscribeNew(email: string, type: string, basis: LegalBasis, signal: AbortSignal): Promise<void> {
      if (paths.guardedSubscribe !== null) {
        const json = { emailAddress: addressOf(email), subscriptionId: type, ...basis };
        await ask({ name: 'subscribe', method: 'POST', path: paths.guardedSubscribe, json }, WRITE, signal);
        return;
      }
      const json = { ...channel, statusState: 'SUBSCRIBED', subscriptionId: Number(type), ...basis };
      const { body } = await ask({ name: 'subscribe', method: 'POST', path: pathOf(email), json }, WRITE, signal);
      const { results } = understood('subscribe', statusesShape, body ?? {}, true);
      if (!results.some(({ setStatusSuccessReason: reason }) => reason === 'RESUBSCRIBE_OCCURRED')) return;
      await preferences.optOutOf(email, type, signal);
      throw new ConnectorError('refused', 'HubSpot: the person opted out meanwhile, and stays so', {
        code: 'RESUBSCRIBE_OCCURRED',
      });
    },

    async definitions(signal: AbortSignal): Promise<readonly WireDefinition[]> {
      const { body } = await ask(
        { name: 'subscription types', method: 'GET', path: `${root}/definitions` },
        READ,
        signal,
      );
      return understood('subscription types', definitionsShape, body).results;
    },
  };
  return preferences;
};

export interface LegalBasis {
  readonly legalBasis: string;
  readonly legalBasisExplanation: string;
}

/** The portal's before a brand's. */
const widest = (statuses: readonly WireWide[]): WideOptOut | null => {
  const out = statuses.filter(({ status }) => status === OUT);
  const [first] = out.toSorted((a, b) => Number(isPortal(b)) - Number(isPortal(a)));
  return first === undefined ? null : { portal: isPortal(first), since: timeOf(first.timestamp) };
};

const isPortal = ({ wideStatusType: type }: WireWide): boolean => type === undefined || type === 'PORTAL_WIDE';

/** An answer without reasons follows a look that showed no opt-out; one that shows that nothing changed came after another's (C8). */
const changedBy = (statuses: readonly WireStatus[]): Changed => {
  const reasons = statuses.map(({ setStatusSuccessReason: reason }) => reason);
  return reasons.length > 0 && reasons.every((reason) => reason === 'NO_STATUS_CHANGE') ? 'unchanged' : 'applied';
};

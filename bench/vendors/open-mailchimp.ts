import { sandbox } from '@heed/connector-mailchimp/sandbox';
import { startSandbox } from '@heed/sandbox';
import { isWrite, mailchimpCall } from './call-kinds.ts';
import { BEHIND_OURS } from './clock.ts';
import type { Opening } from './protocol.ts';
import type { Vendor } from './vendor.ts';

/** An account with one empty audience; the stand-in itself refuses an eleventh connection, as Mailchimp does. */
export const openMailchimp = async ({ seed, readMs, writeMs }: Opening): Promise<Vendor> => {
  const running = await startSandbox(sandbox, { seed, clock: BEHIND_OURS, latencyMs: { readMs, writeMs } });
  const audience = String((running as unknown as { readonly audience: unknown }).audience);
  const members = () => running.state().audiences.get(audience)?.members.all() ?? [];
  return {
    running,
    audience,
    kindOf: mailchimpCall,
    isWrite,
    edit() {
      throw new Error('nobody edits members in this benchmark');
    },
    people(count) {
      const emails: string[] = [];
      for (const { status, email } of members()) {
        if (emails.length === count) break;
        if (status === 'subscribed') emails.push(email);
      }
      return emails;
    },
    standing() {
      let [people, optedOut] = [0, 0];
      for (const { status } of members()) {
        people += 1;
        if (status === 'unsubscribed') optedOut += 1;
      }
      return { people, optedOut };
    },
  };
};

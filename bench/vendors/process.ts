// One stand-in in a process of its own, so that its work counts for nobody else's.
import { openHubspot } from './open-hubspot.ts';
import { openMailchimp } from './open-mailchimp.ts';
import { openNetsuite } from './open-netsuite.ts';
import { openSalesforce } from './open-salesforce.ts';
import type { Announced, Envelope, Opening, Order, Traffic, VendorName } from './protocol.ts';
import type { Vendor } from './vendor.ts';
import { countWireBytes, type WireBytes } from './wire-bytes.ts';

interface Mark extends WireBytes {
  /** The number of the last call before it. */
  readonly call: number;
  /** By the stand-in's own clock, as in its call log. */
  readonly atMs: number;
}

const wireBytes = countWireBytes();

const markOf = ({ running }: Vendor): Mark => ({
  call: running.calls().at(-1)?.number ?? 0,
  atMs: running.clock.now(),
  ...wireBytes(),
});

const trafficSince = ({ running, kindOf, isWrite }: Vendor, mark: Mark): Traffic => {
  const made = running.calls().filter((one) => one.number > mark.call);
  const forgotten = (made[0]?.number ?? mark.call + 1) - mark.call - 1;
  if (forgotten > 0) throw new Error(`the stand-in's log has forgotten ${forgotten} calls`);
  const calls: Record<string, number> = {};
  const firstAfterMs: Record<string, number> = {};
  for (const one of made) {
    const kind = kindOf(one);
    calls[kind] = (calls[kind] ?? 0) + 1;
    // The log is in the order of the answers.
    const afterMs = Date.parse(one.startedAt) - mark.atMs;
    firstAfterMs[kind] = Math.min(afterMs, firstAfterMs[kind] ?? afterMs);
  }
  const now = wireBytes();
  return {
    calls,
    firstAfterMs,
    writes: made.filter((one) => isWrite(kindOf(one))).length,
    refused: made.filter(({ status }) => status >= 400).length,
    parallel: made.reduce((most, { concurrent }) => Math.max(most, concurrent), 0),
    bytesIn: now.bytesIn - mark.bytesIn,
    bytesOut: now.bytesOut - mark.bytesOut,
  };
};

const obeying = (vendor: Vendor): ((order: Order) => unknown) => {
  let mark = markOf(vendor);
  return (order) => {
    switch (order.do) {
      case 'mark':
        mark = markOf(vendor);
        return null;
      case 'traffic':
        return trafficSince(vendor, mark);
      case 'pass':
        return vendor.running.clock.advance(order.ms);
      case 'edit':
        return vendor.edit(order.count);
      case 'people':
        return vendor.people(order.count);
      case 'opt-out':
        for (const email of order.emails) vendor.running.act('person/unsubscribe', { email });
        return null;
      case 'standing':
        return vendor.standing();
    }
  };
};

const say = (content: unknown, number: number): void => {
  process.send?.({ number, content } satisfies Envelope<unknown>);
};

const OPEN: Readonly<Record<VendorName, (opening: Opening) => Promise<Vendor>>> = {
  salesforce: openSalesforce,
  mailchimp: openMailchimp,
  hubspot: openHubspot,
  netsuite: openNetsuite,
};

// Ends with whoever started it, however that one ended.
process.once('disconnect', () => process.exit(0));
process.once('message', async ({ content: opening, number }: Envelope<Opening>) => {
  const vendor = await OPEN[opening.vendor](opening);
  const obey = obeying(vendor);
  process.on('message', (order: Envelope<Order>) => say(obey(order.content), order.number));
  const { url, env, accessToken, connection } = vendor.running;
  say(
    { name: opening.vendor, connection, url, env, accessToken, audience: vendor.audience ?? null } satisfies Announced,
    number,
  );
});

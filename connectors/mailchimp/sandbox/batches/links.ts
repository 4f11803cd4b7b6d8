import { detail, type MailchimpCall } from '../route.ts';
import { ARCHIVE_FLAWS, type AsyncBatch, type Flaw } from './async-batch.ts';

/** Where nobody of the vendor's lives. */
const FOREIGN = 'https://batch-results.example';

/**
 * A fresh link to the archive of a finished batch, as the vendor signs them: `{id}-response.tar.gz?AWSAccessKeyId=...&
 * Expires=<unix seconds>&Signature=...`, seen on 2017-04-21 with ten minutes between completed_at and Expires. What is
 * wrong with it is decided now, so that a rule with a `count` spoils one link and leaves the next one whole.
 */
export function freshLink(call: MailchimpCall, batch: AsyncBatch, host: string): string {
  const { world } = call;
  const nowMs = world.clock.now();
  const lifeMs = Number(world.switches.get('asyncLinkMinutes')) * 60_000;
  const expired = call.fault('archive-expired');
  const expiresMs = expired === undefined ? nowMs + lifeMs : nowMs - detail(expired, 'agoMs', 1_000);
  const signature = Buffer.from(world.random.hex(40), 'hex').toString('base64');
  const flaws = ARCHIVE_FLAWS.flatMap((kind): readonly Flaw[] => {
    const rule = call.fault(kind);
    return rule === undefined ? [] : [{ kind, details: rule.details ?? {} }];
  });
  const alive = batch.links.filter((one) => one.expiresMs > nowMs);
  batch.links = [...alive, { signature, expiresMs, flaws }];
  const query = new URLSearchParams({
    AWSAccessKeyId: 'SANDBOX0000000000000',
    Expires: String(Math.floor(expiresMs / 1000)),
    Signature: signature,
  });
  return `${originOf(call, host)}/${batch.id}-response.tar.gz?${query}`;
}

function originOf(call: MailchimpCall, host: string): string {
  const foreign = call.fault('archive-host');
  return foreign === undefined ? host : String(foreign.details?.origin ?? FOREIGN);
}

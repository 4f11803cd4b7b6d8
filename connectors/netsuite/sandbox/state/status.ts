import { NsError } from './ns-error.ts';
import type { Writer } from './records.ts';

export const SOFT_OPT_IN = '1';
export const SOFT_OPT_OUT = '2';
export const CONFIRMED_OPT_IN = '3';
export const CONFIRMED_OPT_OUT = '4';

export const isOptedOut = (status: unknown): boolean => status === SOFT_OPT_OUT || status === CONFIRMED_OPT_OUT;

const isConfirmed = (status: string | undefined): boolean =>
  status === CONFIRMED_OPT_IN || status === CONFIRMED_OPT_OUT;

/**
 * The status that a write leads to. "When a recipient unsubscribes, no one in your company can resubscribe them"
 * (Subscription Management, section_N994827): only the recipient sets 3 and 4, and only the recipient leaves 4. What
 * the API answers is not documented: the switch `confirmedStatusWrite`.
 * @param before of the record, `undefined` for a new one
 * @param wanted `undefined`: the write says nothing of it
 */
export function nextStatus(writer: Writer, before: string | undefined, wanted: string | undefined): string {
  const { switches } = writer.world;
  const present = before ?? (switches.isOn('unsubscribedByDefault') ? SOFT_OPT_OUT : SOFT_OPT_IN);
  if (wanted === undefined || wanted === before || writer.by === 'recipient') return wanted ?? present;
  const mayLeave =
    before !== CONFIRMED_OPT_OUT && (before !== CONFIRMED_OPT_IN || switches.isOn('confirmedOptInWritable'));
  if (mayLeave && !isConfirmed(wanted)) return wanted;
  const code = switches.get('confirmedStatusWrite');
  if (code === 'ignored' && writer.by === 'api') return present;
  throw new NsError(
    400,
    code === 'ignored' ? 'USER_ERROR' : String(code),
    'Error while accessing a resource. The subscription status of a recipient can only be confirmed or changed back by the recipient.',
    { path: 'globalSubscriptionStatus' },
  );
}

import type { Bench, OpOf } from './bench.ts';
import { keyOf } from './circle.ts';
import { maybeLifted } from './lifted.ts';

/** C9, and "fields CRM to marketing: no" of rows 2 to 4. */
export const patch = (bench: Bench, op: OpOf<'patch'>): void => {
  if ('OptedOut' in op.fields || 'Email' in op.fields || 'status' in op.fields || 'OptIn' in op.fields)
    bench.blame('I1', 'C9', 'carries consent or the address in a field update');
  const address = keyOf(op.email) ?? '';
  if (bench.write.side === 'crm') return;
  const here = bench.liveRecordsAt(address);
  const settled = here.every(({ key }) => bench.past.isSettled(key));
  if (
    bench.settings.rules.lists &&
    here.length > 0 &&
    settled &&
    here.every(({ inList }) => !inList) &&
    !bench.lostFromListInRun(address)
  )
    bench.blame('C0', 'C5', 'sends the fields of records that are outside the lists');
  const standing = bench.knownAt(address).filter((optOut) => optOut.sure && !maybeLifted(bench.past, optOut));
  if (standing.length > 0) bench.blame('C0', 'C0.3 C0.4', 'sends fields to somebody opted out');
};

/** I2, C3, C11, C12a, C14, C15, C18, C19 */
export const marketingCreate = (bench: Bench, op: OpOf<'create'>): void => {
  const address = keyOf(op.email) ?? '';
  const { rules } = bench.settings;
  if (!rules.createMarketing) bench.blame('C0', 'C19', 'although creating is off');
  const wanted = { subscribe: 'subscribed', 'double-opt-in': 'pending', 'non-subscribed': 'non-subscribed' } as const;
  if (op.as !== wanted[rules.newMembers])
    bench.blame('I1', 'C19', `makes ${op.as}, the profile says ${rules.newMembers}`);
  // Even an opt-out that was lifted forbids creating (row 1); so any that the engine ever surely knew.
  if (bench.knownAt(address).length > 0)
    bench.blame('I2', 'C0 C14', 'creates an address with an opt-out in the ledger');
  else if (bench.followedTo(address).length > 0)
    bench.blame('I2', 'C15', 'creates a later address of somebody opted out');
  const seen = (bench.past.shownMembers.get(address) ?? []).filter((one) => bench.past.knows(bench.write.run, [one]));
  const last = seen.at(-1);
  if (last?.snap.status === 'archived') bench.blame('I2', 'C12a', 'creates an address that is archived');
  else if (last !== undefined) bench.blame('I7', 'C12a C19', 'creates an address that was known as a member');
  if (bench.hasMemberElsewhere(address))
    bench.blame('I7', 'C9 C15', 'makes a second member of one person whose address changed');
  const invited = bench.past.creates.filter((one) => one.address === address && one.as === 'pending');
  if (op.as === 'pending' && invited.length > 0) bench.blame('C0', 'C11', 'invites a second time');
  const ever = bench.past.scopeOf(address);
  if (!ever.record) bench.blame('C0', 'C19', 'creates somebody without any CRM record');
  else if (rules.lists && !ever.list) bench.blame('C0', 'C5', 'creates somebody outside the lists');
  else if (rules.optInField && !ever.optIn) bench.blame('C0', 'C19', 'creates somebody without the opt-in field');
  if (bench.isBlind(bench.past.runBegan)) bench.blame('C0', 'C18', 'creates while the opt-out field is hidden');
};

export const crmCreate = (bench: Bench, op: OpOf<'create'>): void => {
  const address = keyOf(op.email) ?? '';
  if (!bench.settings.rules.createCrm) bench.blame('C0', 'C19', 'although creating is off');
  // Whoever opted in again may have a record made; the address is mailable by then.
  if (bench.knownAt(address).some((optOut) => !maybeLifted(bench.past, optOut)))
    bench.blame('I2', 'C0 C19', 'creates a record for somebody opted out');
  if (op.set.OptedOut !== false) bench.blame('C0', 'C19', 'does not send the consent fields explicitly');
  const member = [...bench.past.members.values()].find(({ email }) => keyOf(email) === address);
  const shown = member === undefined ? null : bench.lastShown(member.key);
  if (shown !== null && shown.status !== 'subscribed')
    bench.blame('C0', 'C19', `creates a record for a member that is ${shown.status}`);
  const twin = [...bench.past.records.values()].find(
    ({ life, email, reference }) =>
      life === 'live' && (keyOf(email) === address || (op.reference !== null && reference === op.reference.value)),
  );
  const made = bench.past.crmMade.filter((one) => one.address === address && one.member === (member?.key ?? null));
  // Whose making nobody confirmed and who was moved before any read showed it there can only be found by a reference.
  const isKnown = ({ shown: runs }: (typeof made)[number]): boolean =>
    bench.settings.rules.reference || bench.past.knows(bench.write.run, runs);
  const known = made.filter(isKnown);
  const twinMade = twin !== undefined && made.some(({ record }) => record === twin.key);
  // With our reference on it the vendor finds the record again: asking twice makes nothing twice.
  if (twinMade && op.reference?.value !== twin.reference)
    bench.blame('I7', 'C19', 'makes a second record of one person');
  else if (known.some(({ record }) => bench.past.records.get(record)?.life === 'live') && op.reference === null)
    bench.blame('I7', 'C19', 'makes a second record of one person whose address changed');
};

/** C9, C12a, C15 */
export const rename = (bench: Bench, op: OpOf<'rename'>): void => {
  const from = keyOf(op.from) ?? '';
  const to = keyOf(op.to) ?? '';
  if (bench.knownAt(from).some(({ sure }) => sure))
    bench.blame('C0', 'C15', 'renames the member of somebody opted out');
  if (bench.knownAt(to).length > 0 || bench.followedTo(to).length > 0)
    bench.blame('I1', 'C15', 'makes an opted-out address mailable by renaming a member to it');
  const there = (bench.past.shownMembers.get(to) ?? [])
    .filter((one) => bench.past.knows(bench.write.run, [one]))
    .at(-1);
  if (there?.snap.status === 'archived') bench.blame('C0', 'C12a', 'renames to an address that is archived');
};

/** C12 */
export const leave = (bench: Bench, op: OpOf<'leave'>): void => {
  const { rules } = bench.settings;
  const address = keyOf(op.email) ?? '';
  if (rules.whenRecordLeaves !== op.how)
    bench.blame('I9', 'C12', `${op.how}s although the profile says ${rules.whenRecordLeaves}`);
  const shown = bench.lastShown(`${op.record.type}/${op.record.id}`);
  if (shown !== null && shown.status !== 'subscribed' && shown.status !== 'non-subscribed')
    bench.blame('I9', 'C12', `acts on a member that is ${shown.status}`);
  const there = bench.liveRecordsAt(address).filter(({ inList }) => !rules.lists || inList);
  if (there.some(({ key }) => bench.past.isSettled(key)))
    bench.blame('I9', 'C12', 'acts although a record of the address is still in scope');
};

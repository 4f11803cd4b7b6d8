import { basename } from 'node:path';
import { ALL_MAIL, type Customer, didYouMean, EXIT, enterList } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { type Answer, type Command, type Invocation, UsageError } from '../invocation.ts';
import { type DraftedFile, draftFile } from '../opt-out-list/draft-file.ts';
import { shapeOf } from '../opt-out-list/list-lines.ts';
import { keepInput, type ListSource, openListFile } from '../opt-out-list/list-source.ts';
import { listJson, listText, mailOf, type ShownList, subscriberWarning } from '../opt-out-list/show-list.ts';
import { UnreadableList } from '../opt-out-list/unreadable-list.ts';
import { actorOf } from '../people/address.ts';
import { topicOf } from '../people/topic.ts';
import { paragraph } from '../terminal/text.ts';
import { count, plural } from '../terminal/words.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

const NOTHING_WRITTEN = 'Nothing was written.';

/** Opts every address of a file out, after its number was confirmed (C20). */
export const run: Command = async (invocation, [file = '', name = ''], options) => {
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const reach = { connection: connectionOf(customer, options.connection), topic: topicOf(customer, options.topic) };
  const called = text(options.list) ?? (file === '-' ? 'standard input' : basename(file));
  // Narrowed, it says less about the same people: a list of its own.
  const forOne = reach.connection === '' ? called : `${called} for ${reach.connection}`;
  const list = reach.topic === ALL_MAIL ? forOne : `${forOne} about ${reach.topic}`;
  const { container } = workspace;
  const store = container.get(TOKENS.State).customer(customer.name);
  const now = container.get(TOKENS.Clock).now();
  let source: ListSource | null = null;
  let draft: number | null = null;
  try {
    source =
      file === '-'
        ? await keepInput(invocation.inputBytes(), invocation.stateDir)
        : await openListFile(file, invocation.stateDir);
    const shape = await shapeOf(source, {
      column: text(options.column),
      delimiter: text(options.delimiter),
      encoding: text(options.encoding),
    });
    const { signal } = invocation;
    const progress = (doing: string, done: number, of: number | null): void =>
      invocation.progress.show({ profile: customer.name, doing, done, of });
    const read = await draftFile(source, shape, { store, list, reach, now, signal, progress });
    draft = read.drafted.draft;
    const shown = { file: file === '-' ? 'standard input' : file, customer: customer.name, shape, read };
    if (options.dryRun === true) return dryRun(shown);
    await requireConfirmation(invocation, shown, options.confirm);
    const entry = {
      by: actorOf(options),
      because: text(options.because) ?? list,
      digest: shape.digest,
      at: now,
    };
    const writing = (done: number): void => progress('entering', done, read.addresses);
    return entered(shown, await enterList(store, read.drafted, entry, signal, writing));
  } catch (error) {
    if (error instanceof UnreadableList) throw new UsageError(error.message);
    if (!invocation.signal.aborted) throw error;
    const said = 'Stopped. What was entered by then stays; importing the file again does the rest.';
    return { code: EXIT.interrupted, json: { customer: customer.name, list, interrupted: true }, text: said };
  } finally {
    if (draft !== null) await store.optOutLists.discard(draft);
    await source?.close();
  }
};

const text = (option: unknown): string | null => (typeof option === 'string' && option !== '' ? option : null);

const connectionOf = ({ name, connections }: Customer, wanted: unknown): string => {
  if (typeof wanted !== 'string') return '';
  if (connections.has(wanted)) return wanted;
  const known = [...connections.keys()];
  const meant = didYouMean(wanted, known);
  const instead = meant === undefined ? `There are: ${known.join(', ')}.` : `Did you mean "${meant}"?`;
  throw new UsageError(`${name} has no connection "${wanted}". ${instead}`);
};

/** Throws unless the number of addresses is confirmed, by `--confirm` or on a terminal; what the file holds is shown first. */
const requireConfirmation = async (invocation: Invocation, shown: ShownList, confirm: unknown): Promise<void> => {
  invocation.tell(listText(shown));
  const refused = await whyRefused(invocation, shown, confirm);
  if (refused !== null) throw new UsageError(`${refused} ${NOTHING_WRITTEN}`);
};

const whyRefused = async (invocation: Invocation, shown: ShownList, confirm: unknown): Promise<string | null> => {
  const { addresses } = shown.read;
  const holds = `The file holds ${plural(addresses, 'distinct valid address', 'distinct valid addresses')}`;
  if (addresses === 0) return `${holds}.`;
  if (confirm !== undefined) return confirm === addresses ? null : `${holds}, and --confirm says ${String(confirm)}.`;
  const sure = subscriberWarning(shown) === null ? '' : 'READ THE WARNING ABOVE. ';
  const typed = await invocation.ask(`${sure}To opt them out of ${mailOf(shown)}, type the number of addresses: `);
  if (typed === null) return `${holds}. Off a terminal confirm that number with --confirm ${addresses}.`;
  return typed.trim().replaceAll(',', '') === String(addresses) ? null : 'That is not the number of addresses.';
};

const dryRun = (shown: ShownList): Answer => {
  const { read } = shown;
  return {
    code: codeOf(read),
    json: { ...listJson(shown), dryRun: true, entered: 0 },
    text: `${listText(shown)}\n${paragraph(`${NOTHING_WRITTEN} Import it with --confirm ${read.addresses}.`)}`,
  };
};

const entered = (shown: ShownList, facts: number): Answer => {
  const { read, customer } = shown;
  const left = read.broken.count === 0 ? '' : ` ${plural(read.broken.count, 'broken line')} left out, listed above.`;
  return {
    code: codeOf(read),
    json: { ...listJson(shown), dryRun: false, entered: facts },
    text: paragraph(
      `${plural(facts, 'address', 'addresses')} opted out for ${customer}, ${count(read.addresses - facts)} were so already.${left} The next run writes them to every system: heed sync ${customer}`,
    ),
  };
};

/** Broken lines were left out: done, but somebody has to look (5). */
const codeOf = ({ broken }: DraftedFile): number => (broken.count === 0 ? EXIT.done : EXIT.attention);

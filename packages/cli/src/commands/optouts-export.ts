import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { EXIT, type OptedOutLine, optedOutLines } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { type Answer, type Command, type Invocation, UsageError } from '../invocation.ts';
import { csvLine } from '../opt-out-list/csv-line.ts';
import { asJson } from '../terminal/harmless.ts';
import { paragraph } from '../terminal/text.ts';
import { iso, plural } from '../terminal/words.ts';
import { findCustomer, openWorkspace } from '../workspace.ts';

const HEADER = csvLine(['address', 'state', 'reason', 'source', 'date', 'ledger entries', 'topic']);

/** Every opted-out and undeliverable address with reason, source and date (C20), page by page. */
export const run: Command = async (invocation, [name = ''], options) => {
  const workspace = await openWorkspace(invocation);
  const customer = findCustomer(workspace, name, invocation.profilesDir);
  const store = workspace.container.get(TOKENS.State).customer(customer.name);
  const pages = optedOutLines(store, customer.profiles, options.topics === true ? 'topics' : 'all-mail');
  const { optedOut: erased } = await store.erasures.count();
  if (typeof options.file === 'string') return toFile(invocation, customer.name, options.file, pages, erased);
  if (!invocation.json) {
    invocation.say(HEADER);
    for await (const page of stoppable(pages, invocation)) if (page.length > 0) invocation.say(linesOf(page));
  } else {
    // One document, but never whole in memory.
    invocation.say(`{"customer":${asJson(customer.name)},"addresses":[`);
    let before = '';
    for await (const page of stoppable(pages, invocation)) {
      if (page.length === 0) continue;
      invocation.say(before + page.map((line) => asJson({ ...line, date: iso(line.date) })).join(',\n'));
      before = ',';
    }
    invocation.say(`],"erased":${erased}}`);
  }
  if (erased > 0) invocation.tell(withoutErased(erased));
  return { code: invocation.signal.aborted ? EXIT.interrupted : EXIT.done, json: undefined, text: '' };
};

/** Nobody can list them: Heed does not know their addresses (C25). */
const withoutErased = (erased: number): string =>
  paragraph(
    `Not listed: ${plural(erased, 'opted-out person', 'opted-out people')}, erased since. Heed keeps a keyed hash of the address alone, and the opt-out.`,
  );

type Pages = AsyncIterable<readonly OptedOutLine[]>;

async function* stoppable(pages: Pages, { signal }: Invocation): AsyncGenerator<readonly OptedOutLine[]> {
  for await (const page of pages) {
    if (signal.aborted) return;
    yield page;
  }
}

const linesOf = (page: readonly OptedOutLine[]): string =>
  page
    .map(({ address, state, reason, source, date, entries, topic }) =>
      csvLine([address, state, reason, source, iso(date) ?? '', entries.join(' '), topic]),
    )
    .join('\n');

/** Into a new file beside the old one, which takes its place when it is whole: nobody finds half a list. */
const toFile = async (
  invocation: Invocation,
  customer: string,
  path: string,
  pages: Pages,
  erased: number,
): Promise<Answer> => {
  const part = `${path}.part`;
  let addresses = 0;
  const file = await create(part);
  try {
    await file.appendFile(`${HEADER}\n`);
    for await (const page of stoppable(pages, invocation)) {
      addresses += page.length;
      if (page.length > 0) await file.appendFile(`${linesOf(page)}\n`);
    }
    await file.close();
    if (!invocation.signal.aborted) await rename(part, path);
  } finally {
    await file.close();
    await rm(part, { force: true });
  }
  const interrupted = invocation.signal.aborted;
  return {
    code: interrupted ? EXIT.interrupted : EXIT.done,
    json: { customer, file: path, addresses, erased, interrupted },
    text: interrupted
      ? ''
      : [
          paragraph(`${plural(addresses, 'address', 'addresses')} of ${customer} written to ${path}.`),
          ...(erased > 0 ? [withoutErased(erased)] : []),
        ].join('\n'),
  };
};

/** Nobody else may read it, also if it was there before with other permissions. */
const create = async (path: string): Promise<FileHandle> => {
  try {
    await rm(path, { force: true });
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsageError(`${path} cannot be written (${code}).`);
  }
};

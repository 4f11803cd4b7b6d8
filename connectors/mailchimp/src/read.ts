import { ConnectorError, type Page, type ReadRequest, type Tools } from '@heed/contract';
import { type Stream, windowedRead } from '@heed/toolkit';
import { complaintStream, LATE_REPORT_MS, memberStream, optOutStream, type Source } from './streams.ts';

/** How far a read looks back behind the beginning of the read before: late commits, whole seconds, unknown bounds. */
const OVERLAP_MS = 5 * 60_000;

/**
 * Members of all statuses: from a null cursor everybody, later whoever changed, in four streams:
 * `members` of every status; `archived`, only if no archived one came by unasked (undocumented whether they do);
 * `opt-outs` in reads of changes, a cross-check; `complaints` of people who reported abuse.
 * `initially: opted-out` brings everybody as well: here consent is a status, not a field.
 */
export const readMembers = (
  source: Source,
  container: string | null,
  request: ReadRequest,
  tools: Pick<Tools, 'clock' | 'vendorNow'>,
  signal: AbortSignal,
): AsyncIterable<Page> => {
  if (request.lists !== null)
    throw new ConnectorError('config', 'Mailchimp: lists are named on the CRM side of a profile only');
  const tags = request.fields;
  const shown = new Set<string>();
  let archivedShown = false;
  const watched = (stream: Stream): Stream => ({
    name: stream.name,
    fetch: async (from, within) => {
      const page = await stream.fetch(from, within);
      for (const { record, member } of page.rows) {
        if (member?.complaint) shown.add(record.id);
        if (member?.status === 'archived') archivedShown = true;
      }
      return page;
    },
  });
  const archived = watched(memberStream('archived', source, tags, 'archived', tools));
  const skippedIfShown: Stream = {
    name: archived.name,
    fetch: async (from, within) => (archivedShown && from?.id == null ? NOTHING : archived.fetch(from, within)),
  };
  const read = {
    connector: 'mailchimp',
    container,
    request,
    tools,
    overlapMs: OVERLAP_MS,
    streams: (_phase: unknown, since: number | null): readonly Stream[] => [
      watched(memberStream('members', source, tags, null, tools)),
      skippedIfShown,
      ...(since === null ? [] : [watched(optOutStream(source, tags, since, 'unshown'))]),
      complaintStream(source, tags, since, shown, LATE_REPORT_MS),
    ],
  };
  return windowedRead(read, signal);
};

const NOTHING = { rows: [], next: null, total: 0 } as const;

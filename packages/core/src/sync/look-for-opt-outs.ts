import { ingest } from './ingest.ts';
import { readMembers } from './read.ts';
import { breathe, type Run } from './run-state.ts';

/**
 * Who opted out in marketing since the last read or look of this run (C21). In the middle of a first sync a read of changes
 * would bring back everybody whom the run has made so far; where the system has a cheaper look, this one does not.
 */
export const lookForOptOuts = async (run: Run): Promise<void> => {
  const { session } = run.marketing;
  if (session.optOutsSince === null) return readMembers(run);
  const readAt = session.now();
  const columns = run.view.columns.members;
  for await (const rows of session.optOutsSince({ ...columns, since: run.membersSeenAt }, run.signal)) {
    await breathe(run);
    await ingest(run, { side: 'marketing', rows, readAt, lists: null, cursor: null, columns });
  }
  run.membersSeenAt = readAt;
};

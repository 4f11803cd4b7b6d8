import type { Life, Millis, RecordRef, Row } from '@heed/contract';

/** A row that says no more than that a record is there, or is gone. Whatever else the vendor shows is put over it. */
export const bareRow = (record: RecordRef, modifiedAt: Millis | null, life: Life = { kind: 'live' }): Row => ({
  record,
  email: null,
  modifiedAt,
  modifiedBy: 'unknown',
  life,
  reference: null,
  values: {},
  member: null,
  lists: null,
  version: null,
});

import { ConnectorError, type Op, type Outcome, type Refusal } from '@heed/contract';
import { refusal, rejected } from './outcomes.ts';

/** Ops that may be sent, and the outcomes of the others. `wrongWith`: why an op is refused before anything is sent. */
export const sortOps = <T extends Op>(
  ops: readonly T[],
  wrongWith: (op: T) => ConnectorError | Refusal | null,
): { readonly good: readonly T[]; readonly refused: readonly Outcome[] } => {
  const good: T[] = [];
  const refused: Outcome[] = [];
  for (const op of ops) {
    const wrong = wrongWith(op);
    if (wrong === null) good.push(op);
    else refused.push(rejected(op.id, wrong));
  }
  return { good, refused };
};

/** What is wrong with the names of fields: they come from profiles. `isBarred`: what no mapped field may write. */
export const namesRefusal = (
  names: readonly string[],
  isFieldName: (name: string) => boolean,
  isBarred: (name: string) => boolean = () => false,
): Refusal | null => {
  if (!names.every(isFieldName)) return refusal('config', 'NO_FIELD_NAME', 'a field has no valid name');
  const barred = names.find(isBarred);
  if (barred === undefined) return null;
  const why = `${barred} is never written as a mapped field (C9); remove it from the profile`;
  return refusal('refused', 'NOT_BY_FIELDS', why, barred);
};

type Patch = Extract<Op, { kind: 'patch' }>;

export const isPatch = (op: Op): op is Patch => op.kind === 'patch';

/** The ops of a job. Throws `config` if one of them is no change of fields: consent never goes by job (C21). */
export const patchesOnly = (ops: readonly Op[], who: string): readonly Patch[] => {
  const patches = ops.filter(isPatch);
  if (patches.length === ops.length) return patches;
  throw new ConnectorError('config', `${who}: only changes of fields go by job, consent never (C21)`);
};

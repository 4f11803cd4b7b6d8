import { EXIT, printProfileError } from '@heed/core';
import type { Invocation } from '../invocation.ts';
import type { Selection } from '../workspace.ts';

/** Tells standard error what is wrong with files of the selection, and answers the exit code that follows from it. */
export const tellErrors = (invocation: Invocation, selection: Selection): number => {
  for (const error of selection.errors) invocation.tell(printProfileError(error));
  return selection.errors.length > 0 ? EXIT.invalid : EXIT.done;
};

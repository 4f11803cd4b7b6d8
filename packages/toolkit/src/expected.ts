import { ConnectorError, type ErrorKind } from '@heed/contract';

/** Whether it is a ConnectorError of one of these kinds; never true of a mistake of our own. */
export const isOfKind = (error: unknown, ...kinds: readonly ErrorKind[]): error is ConnectorError =>
  error instanceof ConnectorError && kinds.includes(error.kind);

/** What `work` answers, or `instead` where it fails with an error of one of these kinds; any other error is thrown. */
export const answerOr = async <T, U>(work: Promise<T>, kinds: readonly ErrorKind[], instead: U): Promise<T | U> => {
  try {
    return await work;
  } catch (error) {
    if (isOfKind(error, ...kinds)) return instead;
    throw error;
  }
};

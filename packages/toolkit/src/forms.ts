import { ConnectorError } from '@heed/contract';

/** A zod schema, or whatever else throws for a value of another form. */
export interface Form<T> {
  parse(value: unknown): T;
}

/** Answers held against the form that the vendor documents. `vendor` begins the messages: `salesforce query: ...`. */
export const formsOf = (vendor: string) => {
  /** An answer that has not the documented form; after a write `mayHaveApplied`. */
  const notUnderstood = (name: string, mayHaveApplied = false): ConnectorError =>
    new ConnectorError('protocol', `${vendor} ${name}: the answer has not the documented form`, { mayHaveApplied });
  return {
    notUnderstood,
    /** The body in that form; what was wrong with it stands in no message, since it may quote the body. */
    understood<T>(name: string, form: Form<T>, body: unknown, mayHaveApplied = false): T {
      try {
        return form.parse(body);
      } catch {
        throw notUnderstood(name, mayHaveApplied);
      }
    },
  };
};

/** A success that is no JSON was cut off, or is a page of something between the vendor and us. It passes; a write may have been applied. */
export const unreadable = (who: string, status: number): ConnectorError =>
  new ConnectorError('unavailable', `${who}: the answer (${status}) was cut off or is no JSON`, {
    code: 'unreadable',
    mayHaveApplied: true,
  });

/** Mistakes in a profile: the file, and the whole of what is said about it, line and column included. */
export interface BadFile {
  readonly name: string;
  readonly text: string;
  readonly says: readonly string[];
}

export const HEAD = `version: 1
crm: { connection: salesforce, records: [Contact, Lead] }
marketing: { connection: mailchimp, audience: 3f1c0a77b2 }
`;
export const CONSENT = `consent: { newMembers: non-subscribed }
`;

/** A file that would be right without these lines; they begin at line 5. */
export const plus = (name: string, lines: string, ...says: readonly string[]): BadFile => ({
  name,
  text: `${HEAD}${CONSENT}${lines}`,
  says,
});

/** The same, but for consent, which the lines bring; they begin at line 4. */
export const withConsent = (name: string, lines: string, ...says: readonly string[]): BadFile => ({
  name,
  text: `${HEAD}${lines}`,
  says,
});

export const whole = (name: string, text: string, ...says: readonly string[]): BadFile => ({ name, text, says });

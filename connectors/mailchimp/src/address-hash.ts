import { createHash } from 'node:crypto';

/**
 * The id of a member: MD5 of the trimmed, lower-cased address in UTF-8. The answer's own `id` wins wherever there is one,
 * in case Mailchimp lower-cases a rare letter differently.
 */
export const hashOf = (email: string): string =>
  createHash('md5').update(email.trim().toLowerCase(), 'utf8').digest('hex');

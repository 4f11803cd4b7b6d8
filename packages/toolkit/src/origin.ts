import { ConnectorError } from '@heed/contract';

/** Whether `url` (absolute, or relative to `base`) has the scheme, host and port of `base`. */
export const sameOrigin = (base: string, url: string): boolean => {
  const target = URL.parse(url, base);
  return target !== null && target.origin !== 'null' && target.origin === URL.parse(base)?.origin;
};

/**
 * Where a vendor's answer says the next page is, made absolute. A link to another host would take the token with it, so
 * it is a `protocol` error. `who` is for the message.
 */
export const nextLink = (base: string, link: string, who = 'the vendor'): string => {
  const target = URL.parse(link, base);
  if (target === null || !sameOrigin(base, link) || target.username !== '' || target.password !== '')
    throw new ConnectorError('protocol', `${who}: the answer links to another host for its next page; not followed`);
  return target.href;
};

/**
 * Throws `protocol` for a 3xx answer: an API that redirects would be sent the credentials at the new place. `who` is for the
 * message: `Salesforce, query`.
 */
export const refuseRedirect = (status: number, who = 'the vendor'): void => {
  if (status >= 300 && status < 400 && status !== 304)
    throw new ConnectorError('protocol', `${who}: answered with a redirect (${status}); not followed`, {
      code: String(status),
      mayHaveApplied: false,
    });
};

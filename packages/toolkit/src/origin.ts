import { ConnectorError } from '@heed/contract';

/** Whether `url` (absolute, or relative to `base`) has the scheme, host and port of `base`. */
export const sameOrigin = (base: string, url: string): boolean => {
  const target = URL.parse(url, base);
  return target !== null && target.origin !== 'null' && target.origin === URL.parse(base)?.origin;
};

/**
 * Where a vendor's answer says the next page is, made absolute. A link to another host would take the token with it, so
 * it is a `protocol` error.
 */
export const nextLink = (base: string, link: string): string => {
  const target = URL.parse(link, base);
  if (target === null || !sameOrigin(base, link) || target.username !== '' || target.password !== '')
    throw new ConnectorError('protocol', 'the answer links to another host for its next page; not followed');
  return target.href;
};

/** Throws `protocol` for a 3xx answer: an API that redirects would be sent the credentials at the new place. */
export const refuseRedirect = (status: number): void => {
  if (status >= 300 && status < 400 && status !== 304)
    throw new ConnectorError('protocol', `the vendor answered with a redirect (${status}); not followed`, {
      code: String(status),
      mayHaveApplied: false,
    });
};

/** `127.0.0.0/8`, `::1` or `localhost`: a stand-in on this machine. */
export const isLoopback = (url: string): boolean => {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
};

/**
 * Whether credentials may be sent to this base URL: https at one of the vendor's hosts (`salesforce.com` stands for all its
 * subdomains), or anything on this machine. Never with a user name, query or fragment in it.
 */
export const baseUrlAllowed = (url: string, vendorHosts: readonly string[]): boolean => {
  const target = URL.parse(url);
  if (target === null || target.username !== '' || target.password !== '' || target.search !== '' || target.hash !== '')
    return false;
  if (isLoopback(url)) return target.protocol === 'http:' || target.protocol === 'https:';
  if (target.protocol !== 'https:') return false;
  return vendorHosts.some((host) => target.hostname === host || target.hostname.endsWith(`.${host}`));
};

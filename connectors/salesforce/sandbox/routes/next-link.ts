import { type OrgExchange, versionBase } from './answers.ts';

/**
 * What a page says in the place of the link to its next one, when a fault wants so: `repeating-next-link` leads to the
 * page itself, `foreign-next-link` to another host, to another path (`details.as: path`), or to `details.url`.
 */
export function badNextLink(exchange: OrgExchange): string | undefined {
  if (exchange.fault('repeating-next-link')) return exchange.url;
  const foreign = exchange.fault('foreign-next-link');
  if (!foreign) return undefined;
  const { url, as = 'host' } = foreign.details ?? {};
  if (typeof url === 'string') return url;
  if (as === 'path') return `${versionBase(exchange)}/sobjects/User/${exchange.world.state.users.integration}`;
  return `https://elsewhere.example.org${versionBase(exchange)}/query/01gHs00000000EAAA2-2000`;
}

/**
 * The origin of a stand-in on this machine: http or https at `127.0.0.1` or `[::1]`, in any spelling that means these, and
 * nothing else in the URL; null for any other text. A name is refused, `localhost` too: what it stands for is up to whoever answers for names.
 * Requests go to this origin, never to the text as it was written: two readers of URLs may see two hosts in one text.
 */
export const loopbackOrigin = (text: string): string | null => {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  if (url.hostname !== '127.0.0.1' && url.hostname !== '[::1]') return null;
  return url.href === `${url.origin}/` ? url.origin : null;
};

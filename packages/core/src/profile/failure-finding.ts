import type { ConnectorError } from '@heed/contract';
import type { Finding } from './place.ts';
import type { Profile } from './profile.ts';

/** What a system answered, as something wrong at a place of the profile; null if no place of it is to blame. */
export const failureFinding = ({ details, message }: ConnectorError, { places }: Profile): Finding | null => {
  if (details.container !== true) return null;
  const [what = message, fix = ''] = message.split('; ');
  return { ...places.error(['marketing', 'audience'], what, fix), stops: 'run', rule: null };
};

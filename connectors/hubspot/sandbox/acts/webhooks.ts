import { deliver } from '../portal/webhook-delivery.ts';
import { acts } from './target.ts';

/** Nothing is sent by itself: time passes only when somebody moves the clock, and a test wants to know when. */
export const webhookActs = acts({
  /**
   * Sends what is due to the app; `{ signature?: 'wrong' | 'old', duplicates?, shuffled? }`. Inside a process, the answer is
   * a promise of `{ status, events }` for each request.
   */
  'webhooks/deliver': (world, body) =>
    deliver(world, {
      signature: body.signature === 'wrong' || body.signature === 'old' ? body.signature : 'right',
      duplicates: body.duplicates === true,
      shuffled: body.shuffled === true,
    }),
});

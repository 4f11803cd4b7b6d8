import { typeIn } from './routes/properties.ts';
import type { PortalExchange } from './routes/route.ts';

/** The faults `property-vanished` and `property-retyped`: just before the call an administrator was there. */
export function haunt(exchange: PortalExchange): void {
  const { state, clock } = exchange.world;
  const vanished = exchange.fault('property-vanished');
  const gone = state.properties.get(String(vanished?.details?.name ?? 'firstname'));
  if (vanished !== undefined && gone !== undefined) {
    state.properties.set(gone.name, { ...gone, archivedAtMs: clock.now() });
  }
  const retyped = exchange.fault('property-retyped');
  const changed = state.properties.get(String(retyped?.details?.name ?? 'firstname'));
  if (retyped !== undefined && changed !== undefined) {
    state.properties.set(changed.name, { ...changed, type: typeIn(retyped.details?.type ?? 'number') });
  }
}

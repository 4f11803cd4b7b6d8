import type { World } from '@heed/sandbox';
import { type Account, type Audience, type Member, nextNumber, type Segment } from './account.ts';
import { secondsOf } from './time.ts';

/** The static segment of that name: a tag. Names are compared without regard to case. */
export function tagNamed(audience: Audience, name: string): Segment | undefined {
  return audience.segments.find((one) => one.type === 'static' && one.name.toLowerCase() === name.toLowerCase());
}

export function newSegment(
  world: World<Account>,
  audience: Audience,
  name: string,
  type: Segment['type'] = 'static',
  options: unknown = undefined,
): Segment {
  const atS = secondsOf(world.clock.now());
  const segment: Segment = { id: nextNumber(world.state), name, type, createdAtS: atS, updatedAtS: atS, options };
  audience.segments.push(segment);
  return segment;
}

/** The ids of a list of tag names; unknown tags come into being. */
export function tagIds(world: World<Account>, audience: Audience, names: unknown): readonly number[] {
  const wanted = Array.isArray(names) ? names.filter((name) => typeof name === 'string' && name.trim() !== '') : [];
  return [...new Set(wanted.map((name: string) => (tagNamed(audience, name) ?? newSegment(world, audience, name)).id))];
}

/** Puts a member into a static segment or takes him out; says whether that changed anything. */
export function setInSegment(world: World<Account>, segment: Segment, member: Member, inside: boolean): boolean {
  const isIn = member.segments.some(([id]) => id === segment.id);
  if (isIn === inside) return false;
  const atS = secondsOf(world.clock.now());
  member.segments = inside
    ? [...member.segments, [segment.id, atS] as const]
    : member.segments.filter(([id]) => id !== segment.id);
  segment.updatedAtS = atS;
  return true;
}

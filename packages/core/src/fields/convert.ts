import type { FieldSchema, FieldValue } from '@heed/contract';
import type { FieldMapping } from '../profile/profile.ts';
import { type Castable, cast, castable } from './cast.ts';
import { type Converted, refuses, type Typed } from './converted.ts';
import { applyTransform, invertTransforms, type Transform, typeAfter } from './transform.ts';

/** Takes a value of one field to another, through the transforms. Pure; a value that does not fit is refused, never cut. */
export const convert = (
  value: FieldValue,
  from: FieldSchema,
  to: FieldSchema,
  transforms: readonly Transform[] = [],
): Converted => {
  let typed: Typed = { type: from.type, value };
  for (const transform of transforms) {
    const next = applyTransform(typed, transform);
    if (!next.ok) return next;
    typed = next.typed;
  }
  return cast(typed, to);
};

/** Whether any value of one field can reach the other: what `convert` could say without a value. */
export const convertible = (from: FieldSchema, to: FieldSchema, transforms: readonly Transform[] = []): Castable => {
  let { type } = from;
  for (const transform of transforms) {
    const next = typeAfter(type, transform);
    if ('problem' in next) return { can: 'no', why: next.problem };
    type = next.type;
  }
  return castable(type, to.type);
};

/** The transforms of a mapping towards one side; the first step that cannot be undone, where they must be. */
export const transformsTowards = (
  mapping: FieldMapping,
  side: 'crm' | 'marketing',
): ReturnType<typeof invertTransforms> => {
  const written = mapping.direction === 'marketing-to-crm' ? 'crm' : 'marketing';
  return side === written ? { transforms: mapping.transforms } : invertTransforms(mapping.transforms);
};

/** Both ways of a mapping between two fields. */
export interface Carrier {
  toMarketing(value: FieldValue): Converted;
  toCrm(value: FieldValue): Converted;
}

/** The carrier of a mapping, for the fields of one CRM record type and one audience. */
export const carrierOf = (mapping: FieldMapping, crm: FieldSchema, marketing: FieldSchema): Carrier => {
  const towards = (side: 'crm' | 'marketing') => {
    const way = transformsTowards(mapping, side);
    const [from, to] = side === 'marketing' ? [crm, marketing] : [marketing, crm];
    if ('oneWay' in way) return () => refuses(`the transform ${way.oneWay.kind} cannot be undone`);
    return (value: FieldValue) => convert(value, from, to, way.transforms);
  };
  return { toMarketing: towards('marketing'), toCrm: towards('crm') };
};

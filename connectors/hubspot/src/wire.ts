import type { Millis } from '@heed/contract';
import { momentIn } from '@heed/toolkit';
import { z } from 'zod';

/** Ids are numbers in texts; a contact's fits into a double. */
export const isId = (text: string): boolean => /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text));

const id = z.union([z.string(), z.number()]).transform(String).refine(isId);

/** A contact as reads and writes answer it. Properties that were not asked for are absent, empty ones null. */
export const contactShape = z.object({
  id,
  properties: z.record(z.string(), z.string().nullable()).default({}),
  propertiesWithHistory: z
    .record(z.string(), z.array(z.object({ timestamp: z.string().optional() })))
    .optional()
    .catch(undefined),
  updatedAt: z.string().optional(),
  archived: z.boolean().default(false),
  archivedAt: z.string().optional(),
  objectWriteTraceId: z.string().optional(),
});
export type WireContact = z.infer<typeof contactShape>;

const paging = z.object({ next: z.object({ after: z.string().min(1).max(400) }).optional() }).nullish();

export const contactPageShape = z.object({
  results: z.array(contactShape),
  total: z.number().optional(),
  paging,
});

/** 200 and 201, or 207 with errors. (spec) */
export const contactBatchShape = z.object({
  results: z.array(contactShape),
  errors: z.array(z.record(z.string(), z.unknown())).default([]),
});

export const propertyShape = z.object({
  name: z.string(),
  label: z.string().default(''),
  type: z.string(),
  fieldType: z.string().default(''),
  options: z.array(z.object({ value: z.string(), hidden: z.boolean().optional() })).default([]),
  hasUniqueValue: z.boolean().default(false),
  calculated: z.boolean().default(false),
  archived: z.boolean().default(false),
  modificationMetadata: z.object({ readOnlyValue: z.boolean().default(false) }).optional(),
});
export type WireProperty = z.infer<typeof propertyShape>;

export const listShape = z.object({
  listId: z.union([z.string(), z.number()]).transform(String),
  name: z.string().default(''),
  objectTypeId: z.string().optional(),
  processingType: z.string(),
  size: z.number().optional(),
  additionalProperties: z.record(z.string(), z.string().nullable()).optional(),
});
export type WireList = z.infer<typeof listShape>;

export const membersShape = z.object({
  results: z.array(z.object({ recordId: id, membershipTimestamp: z.string().optional() })),
  paging,
});
export type WireMember = z.infer<typeof membersShape>['results'][number];

/** Subscription status of one type, v4 = 2026-03. */
const statusShape = z.object({
  subscriptionId: z.union([z.string(), z.number()]).transform(String),
  status: z.string(),
  source: z.string().optional(),
  timestamp: z.string().optional(),
  legalBasis: z.string().nullish(),
  setStatusSuccessReason: z.string().optional(),
});
export type WireStatus = z.infer<typeof statusShape>;
export const statusesShape = z.object({ results: z.array(statusShape).default([]) });

const wideShape = z.object({
  status: z.string(),
  wideStatusType: z.string().optional(),
  timestamp: z.string().optional(),
});
export type WireWide = z.infer<typeof wideShape>;
export const wideShapes = z.object({ results: z.array(wideShape).default([]) });
export const wideBatchShape = z.object({
  results: z.array(z.object({ subscriberIdString: z.string(), wideStatuses: z.array(wideShape).default([]) })),
  errors: z.array(z.unknown()).default([]),
});
export const statusesBatchShape = z.object({
  results: z.array(z.object({ subscriberIdString: z.string(), statuses: z.array(statusShape).optional() })),
});

export const definitionsShape = z.object({
  results: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String),
      name: z.string().default(''),
      isActive: z.boolean().default(true),
      isInternal: z.boolean().default(false),
    }),
  ),
});
export type WireDefinition = z.infer<typeof definitionsShape>['results'][number];

/** ISO 8601 with a zone, or milliseconds in a text; null for anything else. */
export const timeOf = (wire: string | null | undefined): Millis | null => {
  return wire != null && /^\d{12,14}$/.test(wire) ? Number(wire) : momentIn(wire);
};

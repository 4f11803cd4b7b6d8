import { connector } from '@heed/connector-hubspot';
import { describeConnector } from '@heed/testkit';
import { crmCase, marketingCase, type Variant } from './suite-case.ts';

/** The other paths, the largest plan, and everything that no source confirms the other way round. */
const OTHER: Variant = {
  apiVersion: '2026-03',
  switches: {
    plan: 'enterprise',
    mergeKeepsPrimaryId: true,
    sameValueBumpsModified: true,
    resubscribeEndsWideOptOut: true,
    v3RepeatedSubscribe: 'accepted',
    preferenceEnvelope: 'SUCCESS',
    complaintOptsOut: false,
    expiredCategory: 'INVALID_AUTHENTICATION',
    archiveRepeated: 'refused',
    duplicateInputs: 'applied',
    batchOrder: 'reversed',
    echoTraceIds: false,
    partialEmailUpserts: true,
    negationsMatchEmpty: true,
    emailsLowerCased: false,
    marketableWritable: true,
    legalBasisWritable: false,
  },
};

describeConnector(connector, crmCase(OTHER));
describeConnector(connector, marketingCase(OTHER));

import { netsuiteCrowdCases } from './cases/of-netsuite.ts';
import { provenByTests } from './runner/proven.ts';

// From 30 changed records on they travel in a batch (connectors/netsuite/src/jobs.ts).
provenByTests(
  { 'a group, and many changes at once, from HubSpot': netsuiteCrowdCases },
  { crm: 'netsuite', marketing: 'hubspot', withCampaign: true, crowd: 32 },
);

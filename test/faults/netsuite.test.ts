import { describe } from 'vitest';
import { everyAnswer, someAnswers } from './cases/answers.ts';
import { clockCases, someClockCases } from './cases/clocks.ts';
import { netsuiteCases, netsuiteCrowdCases } from './cases/of-netsuite.ts';
import { provenByTests } from './runner/proven.ts';

const isAll = process.env.HEED_FAULTS === 'all';

describe('with Mailchimp', () =>
  provenByTests(
    {
      'what any answer of NetSuite can be': (isAll ? everyAnswer : someAnswers)('netsuite'),
      'what only NetSuite can do': netsuiteCases,
      'whose clock is an hour off': (isAll ? clockCases : someClockCases)('netsuite'),
    },
    { crm: 'netsuite' },
  ));

// From 30 changed records on they travel in a batch (connectors/netsuite/src/jobs.ts).
describe('with HubSpot', () =>
  provenByTests(
    { 'a group, and many changes at once': netsuiteCrowdCases },
    { crm: 'netsuite', marketing: 'hubspot', withCampaign: true, crowd: 32 },
  ));

import { everyAnswer, someAnswers } from './cases/answers.ts';
import { provenByTests } from './runner/proven.ts';

provenByTests(
  {
    'what any answer of NetSuite can be': (process.env.HEED_FAULTS === 'all' ? everyAnswer : someAnswers)('netsuite'),
  },
  { crm: 'netsuite', marketing: 'hubspot' },
);

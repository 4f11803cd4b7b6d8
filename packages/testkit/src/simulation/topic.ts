/** The one topic that a simulated profile may have, and how each side calls it (C17). */
export const TOPIC = { name: 'events', crm: 'Events_Opt_Out__c', marketing: 't1' } as const;

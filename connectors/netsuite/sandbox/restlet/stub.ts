/**
 * A RESTlet as a customer might deploy it: a page of a saved search. It stands in for the customer's own script;
 * another one is deployed with `admin/restlet`.
 */
export const STUB_RESTLET = `
/**
 * @NApiVersion 2.1
 * @NScriptType Restlet
 */
define(['N/search'], (search) => ({
  get: (parameters) => {
    const paged = search.load({ id: parameters.search }).runPaged({ pageSize: 1000 });
    const index = Number(parameters.page || 0);
    if (index >= paged.pageRanges.length) return { count: paged.count, pages: paged.pageRanges.length, results: [] };
    const results = paged.fetch({ index }).data.map((one) => ({ type: one.recordType, id: one.id }));
    return { count: paged.count, pages: paged.pageRanges.length, results };
  },
}));
`;

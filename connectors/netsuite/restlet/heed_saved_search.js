/**
 * Heed: the members of a saved search, page by page. Reads nothing but internal ids, writes nothing.
 *
 * GET ?script=...&deploy=...&search=customsearch_newsletter&page=0
 * answers { count, pages, results: [{ type, id }] }, at most 1,000 results a page.
 *
 * Set-up: README.md beside this file.
 *
 * @NApiVersion 2.1
 * @NScriptType Restlet
 * @NModuleScope SameAccount
 */
define(['N/search', 'N/error'], (search, error) => {
  const PAGE_ROWS = 1000;
  const TYPES = ['contact', 'customer', 'lead', 'prospect'];

  const refuse = (name, message) => error.create({ name, message, notifyOff: true });

  return {
    get(parameters) {
      const id = String(parameters.search || '');
      const page = Number(parameters.page || 0);
      if (!/^\w{1,80}$/.test(id)) throw refuse('HEED_SEARCH_MISSING', 'search must be the id of a saved search');
      if (!Number.isInteger(page) || page < 0) throw refuse('HEED_PAGE', 'page must be 0 or more');

      const saved = search.load({ id });
      // Only people: a role that may run this script must not get to know ids of anything else through it.
      if (!TYPES.includes(String(saved.searchType).toLowerCase()))
        throw refuse('HEED_SEARCH_TYPE', 'the saved search must be of contacts or customers');
      // Ids are all that is needed: what the search shows besides, and in which order, does not leave the account.
      saved.columns = [search.createColumn({ name: 'internalid', sort: search.Sort.ASC })];

      const paged = saved.runPaged({ pageSize: PAGE_ROWS });
      const pages = paged.pageRanges.length;
      if (page >= pages) return { count: paged.count, pages, results: [] };
      const results = paged.fetch({ index: page }).data.map((row) => ({ type: row.recordType, id: row.id }));
      return { count: paged.count, pages, results };
    },
  };
});

/** One answer of a paginated call. */
export interface Page<Item> {
	readonly items: readonly Item[];
	/** Empty on the last page. */
	readonly nextPageToken: string;
}

/** Yields the items of all pages from `firstToken` on, asking for a page when the one before is used up. */
export async function* paginate<Item>(
	firstToken: string,
	fetchPage: (pageToken: string) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, undefined> {
	let token = firstToken;
	do {
		const page = await fetchPage(token);
		yield* page.items;
		token = page.nextPageToken;
	} while (token !== '');
}

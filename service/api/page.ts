import { invalidField, ServiceError } from '../error.js';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1_000;
/** Clients take 4 MiB; what is longer goes on the next page. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;
const TOKEN_PREFIX = 'after:';

interface PageRequest {
	readonly pageSize: number;
	readonly pageToken: string;
}

interface PageItem<Item> {
	readonly item: Item;
	/** Orders the items, as text; stays the same when others come and go. */
	readonly key: string;
	/** Encoded. */
	readonly bytes: number;
}

/**
 * The page of a list that a request asks for.
 *
 * @param items in order of their keys.
 * @throws ServiceError INVALID_FIELD, INVALID_PAGE_TOKEN.
 */
export function takePage<Item>(
	items: Iterable<PageItem<Item>>,
	{ pageSize, pageToken }: PageRequest,
): { readonly items: Item[]; readonly nextPageToken: string } {
	if (pageSize > MAX_PAGE_SIZE) throw invalidField('page_size', pageSize, [0, MAX_PAGE_SIZE]);
	const after = decodeToken(pageToken);
	const size = pageSize === 0 ? DEFAULT_PAGE_SIZE : pageSize;
	const page: Item[] = [];
	let last = '';
	let total = 0;
	for (const { item, key, bytes } of items) {
		if (key <= after) continue;
		total += bytes;
		if (page.length === size || (page.length > 0 && total > MAX_PAGE_BYTES)) {
			return { items: page, nextPageToken: encodeToken(last) };
		}
		page.push(item);
		last = key;
	}
	return { items: page, nextPageToken: '' };
}

function encodeToken(key: string): string {
	return Buffer.from(TOKEN_PREFIX + key).toString('base64url');
}

function decodeToken(token: string): string {
	if (token === '') return '';
	const text = Buffer.from(token, 'base64url').toString();
	if (text.startsWith(TOKEN_PREFIX)) return text.slice(TOKEN_PREFIX.length);
	const description = 'is not one that a node gave';
	throw new ServiceError('INVALID_PAGE_TOKEN', `page_token ${description}`, {
		violations: [{ field: 'page_token', description }],
	});
}

/** What lists show, and how they are read. */

/** Stores count the rows of long lists up to here: a total of so many may be more. */
export const COUNTED_ROWS = 10_001;

type PageReader<T> = (page: { offset: number; limit: number }) => Promise<{ items: readonly T[]; total: number }>;

/** What a list's query gives: useQuery's result fits. */
export interface ListResult<T> {
  data: { items: readonly T[]; total: number } | undefined;
  error: Error | null;
  isPending: boolean;
  refetch: () => unknown;
  /** Read a page of what is asked for: with it the list can be saved as a file. */
  readPage?: PageReader<T>;
}

/** Let a list be saved as a file, read page by page as its query reads them. */
export function withPages<T, L extends ListResult<T>>(list: L, readPage: PageReader<T>): L & { readPage: PageReader<T> } {
  return { ...list, readPage };
}

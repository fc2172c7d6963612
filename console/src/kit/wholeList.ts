/** Lists that the back end gives whole: filtered, sorted and cut into pages here, by the same URL as other lists. */
import { useTranslation } from "react-i18next";

import { readPage, readSort, useFilters } from "@/kit/filters";
import type { ListResult } from "@/kit/listResult";

type Sorted = string | number | null | undefined;

interface Whole<T> {
  data: { items: readonly T[] } | undefined;
  error: Error | null;
  isPending: boolean;
  refetch: () => unknown;
}

interface Ways<T> {
  /** Which rows are asked for; all unless given. */
  keep?: (row: T) => boolean;
  /** By which fields the columns sort, and what a row has there; rows without it come last. */
  sorts?: Readonly<Record<string, (row: T) => Sorted>>;
  /** Before the parameters of the URL: see {@link DataTable}. */
  prefix?: string;
}

/** Return the rows in the order of a field, those without it last. */
export function sortedBy<T>(rows: readonly T[], valueOf: (row: T) => Sorted, isDescending: boolean, language: string): T[] {
  const words = new Intl.Collator(language, { numeric: true });
  const way = isDescending ? -1 : 1;
  return [...rows].sort((row, next) => {
    const [one, other] = [valueOf(row) ?? null, valueOf(next) ?? null];
    if (one === null || other === null) {
      return Number(one === null) - Number(other === null);
    }
    return way * (typeof one === "number" && typeof other === "number" ? one - other : words.compare(String(one), String(other)));
  });
}

/** Return the page of a whole list that the URL asks for. */
export function useWholeList<T>(whole: Whole<T>, { keep, sorts = {}, prefix = "" }: Ways<T> = {}): ListResult<T> {
  const { i18n } = useTranslation();
  const [params] = useFilters();
  const { data, error, isPending, refetch } = whole;
  const { page, size } = readPage(params, prefix);
  const sort = readSort(params, Object.keys(sorts), prefix);
  const kept = keep === undefined ? [...(data?.items ?? [])] : (data?.items ?? []).filter(keep);
  const valueOf = sorts[sort?.replace(/^-/, "") ?? ""];
  const rows = valueOf === undefined ? kept : sortedBy(kept, valueOf, sort?.startsWith("-") === true, i18n.language);
  const total = rows.length;
  const cut = (offset: number, limit: number) => ({ items: rows.slice(offset, offset + limit), total });
  // Rows went away: the last page that is left shows instead.
  const last = Math.max(1, Math.ceil(total / size));
  return {
    data: data && cut((Math.min(page, last) - 1) * size, size),
    error,
    isPending,
    refetch,
    readPage: ({ offset, limit }) => Promise.resolve(cut(offset, limit)),
  };
}

/** Filters and pages of a list live in its URL: a link shows the same list, and Back works. */
import { useMemo } from "react";
import { useSearchParams } from "react-router";

export const PAGE_SIZES = [10, 20, 50, 100];
const DEFAULT_SIZE = 20;
/** The back end counts no further. */
const MAX_PAGE = 100_000;

export interface PageOf {
  /** From 1. */
  page: number;
  size: number;
}

/** Read the page of a URL; nonsense becomes the first page. A second list of a page has a prefix before its parameters. */
export function readPage(params: URLSearchParams, prefix = ""): PageOf {
  const page = Number(params.get(`${prefix}page`) ?? "1");
  const size = Number(params.get(`${prefix}size`) ?? DEFAULT_SIZE);
  return {
    page: Number.isInteger(page) && page >= 1 && page <= MAX_PAGE ? page : 1,
    size: PAGE_SIZES.includes(size) ? size : DEFAULT_SIZE,
  };
}

/** Keep of a repeated parameter what is one of the known values. */
export function readChoices<T extends string>(params: URLSearchParams, name: string, known: readonly T[]): T[] {
  const asked = params.getAll(name);
  return known.filter((value) => asked.includes(value));
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Read a day such as `2026-11-22`. */
export function readDay(params: URLSearchParams, name: string): string | undefined {
  const day = params.get(name);
  return day !== null && DAY.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

/** Read a time as clocks of the account's zone show it, such as `2026-11-22T21:41:31`. */
export function readTime(params: URLSearchParams, name: string): string | undefined {
  const time = params.get(name);
  return time !== null && TIME.test(time) && !Number.isNaN(Date.parse(time)) ? time : undefined;
}

const NUMBER = /^-?\d{1,15}(\.\d{1,6})?$/;

/** Read a number such as `12`; anything else is none. */
export function readNumber(params: URLSearchParams, name: string): number | undefined {
  const text = params.get(name);
  return text !== null && NUMBER.test(text) ? Number(text) : undefined;
}

type SortOf<T extends string> = T | `-${T}`;

/** Read by what to sort: a field such as `created_at`, or `-created_at` for the largest first. */
export function readSort<const T extends string>(params: URLSearchParams, known: readonly T[], prefix = ""): SortOf<T> | undefined {
  const sort = params.get(`${prefix}sort`);
  return known.flatMap((field): SortOf<T>[] => [field, `-${field}`]).find((one) => one === sort);
}

/** What a list asks of the back end. */
export interface ListQuery<T extends string = string> {
  offset: number;
  limit: number;
  sort: SortOf<T> | undefined;
}

/** Read page, size and sort of a list at once. */
export function readList<const T extends string>(params: URLSearchParams, sorts: readonly T[] = [], prefix = ""): ListQuery<T> {
  const { page, size } = readPage(params, prefix);
  return { offset: (page - 1) * size, limit: size, sort: readSort(params, sorts, prefix) };
}

export type Change = Record<string, string | readonly string[] | undefined>;

const PAGE_NAME = /(^|_)page$/;

/** Return the parameters after a change; any change but that of a page goes back to the first one. */
export function changed(params: URLSearchParams, change: Change): URLSearchParams {
  const next = new URLSearchParams(params);
  if (!Object.keys(change).some((name) => PAGE_NAME.test(name))) {
    [...next.keys()].filter((name) => PAGE_NAME.test(name)).forEach((name) => next.delete(name));
  }
  for (const [name, value] of Object.entries(change)) {
    next.delete(name);
    const values = typeof value === "string" ? [value] : (value ?? []);
    values.filter((one) => one !== "").forEach((one) => next.append(name, one));
  }
  return next;
}

/** The parameters of the page's URL and a way to change them. */
export function useFilters(): [URLSearchParams, (change: Change) => void] {
  const [params, setParams] = useSearchParams();
  return useMemo(
    () => [params, (change: Change) => setParams((now) => changed(now, change), { replace: false, preventScrollReset: true })],
    [params, setParams],
  );
}

/** Cache and retries of everything that is read. */
import { QueryClient } from "@tanstack/react-query";

import { Problem } from "@/client/problem";

export const SESSION_KEY = ["session"] as const;
const RETRIES = 2;

function isWorthRetrying(failures: number, error: Error): boolean {
  const isRefusal = error instanceof Problem && error.status >= 400 && error.status < 500;
  return !isRefusal && failures < RETRIES;
}

/** Make the cache of one page. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: isWorthRetrying, staleTime: 5_000, refetchOnWindowFocus: true },
    },
  });
}

/** Cache and retries of everything that is read. */
import { QueryCache, QueryClient } from "@tanstack/react-query";

import { Problem } from "@/client/problem";

export const SESSION_KEY = ["session"] as const;
const UNAUTHORIZED = 401;
const RETRIES = 2;

function isWorthRetrying(failures: number, error: Error): boolean {
  const isRefusal = error instanceof Problem && error.status >= 400 && error.status < 500;
  return !isRefusal && failures < RETRIES;
}

/** Make the cache of one page; a 401 of any request means that the session is over. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (error instanceof Problem && error.status === UNAUTHORIZED && query.queryKey[0] !== SESSION_KEY[0]) {
          client.setQueryData(SESSION_KEY, null);
        }
      },
    }),
    defaultOptions: {
      queries: { retry: isWorthRetrying, staleTime: 5_000, refetchOnWindowFocus: true },
    },
  });
  return client;
}

/** Return where a sign-in leads: a path of this console, never another site's address. */
export function nextOf(wanted: string | null): string {
  const isOurs = wanted !== null && /^\/(?![/\\])/.test(wanted) && !wanted.startsWith("/sign-in");
  return isOurs ? wanted : "/overview";
}

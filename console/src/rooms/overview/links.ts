/** Links to other rooms' pages, which lead nowhere until the page is there and the person may see it. */
import { matchRoutes } from "react-router";

import { pages } from "@/app/pages";
import type { RoomPage } from "@/kit/roomPage";
import { type Session, useSignedIn } from "@/rooms/identity/session";

/** Return the path when a page of this console answers at it and the person may see that page. */
export function linkTo(path: string | undefined, session: Session, among: readonly RoomPage[]): string | undefined {
  if (path === undefined) {
    return undefined;
  }
  const routes = among.map((page) => ({ path: `/${page.path}`, page }));
  const found = matchRoutes(routes, path)?.[0]?.route;
  return found?.page.may(session) === true ? path : undefined;
}

/** `linkTo` for the person who is signed in. */
export function useLinkTo(): (path: string | undefined) => string | undefined {
  const { session } = useSignedIn();
  return (path) => linkTo(path, session, pages);
}

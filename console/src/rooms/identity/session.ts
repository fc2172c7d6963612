/** Who is signed in, and for which tenant. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, use } from "react";

import { api, bodyOf, context } from "@/client/api";
import { sessionIsOver } from "@/client/expiry";
import { Problem } from "@/client/problem";
import { SESSION_KEY } from "@/client/query";
import type { components } from "@/client/schema";

export type Role = components["schemas"]["Role"];
export type Session = components["schemas"]["SessionView"];

const UNAUTHORIZED = 401;
export const DEFAULT_ZONE = "Asia/Shanghai";

/** Cached answers that belong to who was signed in. */
function isOfSomebody({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== SESSION_KEY[0] && queryKey[0] !== "installation";
}

async function readSession(): Promise<Session | null> {
  try {
    const session = await bodyOf(api.GET("/console/api/session"));
    context.csrf = session.csrf;
    return session;
  } catch (error) {
    if (error instanceof Problem && error.status === UNAUTHORIZED) {
      return null;
    }
    throw error;
  }
}

/** Read the session; `null` when nobody is signed in. */
export function useSessionQuery() {
  const client = useQueryClient();
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async () => {
      const before = client.getQueryData<Session | null>(SESSION_KEY) ?? null;
      const session = await readSession();
      if (session === null && before !== null) {
        // The page stays while its user signs in again; who signs out leaves `null` here.
        sessionIsOver();
        return before;
      }
      return session;
    },
    staleTime: 60_000,
  });
}

/** What everybody may know of the installation before signing in. */
export function useInstallation() {
  return useQuery({
    queryKey: ["installation"],
    queryFn: () => bodyOf(api.GET("/console/api/installation")),
    staleTime: Infinity,
  });
}

/** Sign in; `isAgain` keeps what is cached until the caller knows whether it is the same person. */
export function useSignIn(isAgain = false) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: components["schemas"]["SignIn"]) => bodyOf(api.POST("/console/api/session", { body: wanted })),
    onSuccess: (session) => {
      context.csrf = session.csrf;
      if (!isAgain) {
        client.removeQueries({ predicate: isOfSomebody });
        client.setQueryData(SESSION_KEY, session);
      }
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => bodyOf(api.DELETE("/console/api/session")),
    onSettled: () => {
      context.csrf = "";
      client.setQueryData(SESSION_KEY, null);
      client.removeQueries({ predicate: isOfSomebody });
    },
  });
}

/** The session of every page behind sign-in, with the zone that its times are shown in. */
export interface SignedIn {
  session: Session;
  zone: string;
}

export const SignedInContext = createContext<SignedIn | null>(null);

export function useSignedIn(): SignedIn {
  const signedIn = use(SignedInContext);
  if (signedIn === null) {
    throw new Error("a page behind sign-in was shown without a session");
  }
  return signedIn;
}

/** The own account: its zone and its opened services. People of the platform have none. */
export function useAccount(session: Session | null | undefined) {
  return useQuery({
    queryKey: ["account", session?.tenant?.id],
    queryFn: () => bodyOf(api.GET("/console/api/account")),
    enabled: session?.tenant != null,
    staleTime: 300_000,
  });
}

export type Permission = components["schemas"]["Permission"];

/** Do the user's roles allow it? The back end decides; pages only hide what it would refuse. */
export function may(session: Session, permission: Permission): boolean {
  return session.permissions.includes(permission);
}

const SENDERS: readonly Role[] = ["te_admin", "campaign_operator"];

/** May the user act on send tasks, export messages and see whole numbers? The back end decides; pages only hide what it would refuse. */
export function maySend(session: Session): boolean {
  return session.user.roles.some((role) => SENDERS.includes(role));
}

/** May the user make links on the console? The form lists the company's link domains, which who may only use the API does not see. */
export function mayMakeLinks(session: Session): boolean {
  return session.tenant !== null && may(session, "kooMessage:devResolveTask:create") && may(session, "hongyan:linkDomain:list");
}

/** May the user see lists of the console? Developers work with the API. */
export function mayList(session: Session): boolean {
  return session.tenant !== null && session.user.roles.some((role) => role !== "developer");
}

export function mayReview(session: Session): boolean {
  return session.user.roles.some((role) => role === "reviewer" || role === "platform_operator");
}

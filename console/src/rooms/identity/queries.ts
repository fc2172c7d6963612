/** Reading and changing people, keys, the audit log and the own sign-in. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";
import type { components, paths } from "@/client/schema";
import { withPages } from "@/kit/listResult";

export type Person = components["schemas"]["UserView"];
export type AccessKey = components["schemas"]["KeyView"];
export type NewKey = components["schemas"]["NewKeyView"];
export type AuditEntry = components["schemas"]["AuditView"];
export type OwnSession = components["schemas"]["OwnSessionView"];
export type PeopleQuery = NonNullable<paths["/console/api/users"]["get"]["parameters"]["query"]>;
export type AuditQuery = NonNullable<paths["/console/api/audit"]["get"]["parameters"]["query"]>;

const ROOM = "identity";

export function usePeople(query: PeopleQuery) {
  const read = (wanted: PeopleQuery) => bodyOf(api.GET("/console/api/users", { params: { query: wanted } }));
  const list = useQuery({
    queryKey: [ROOM, "people", query],
    queryFn: () => read(query),
    placeholderData: keepPreviousData,
  });
  return withPages(list, (page) => read({ ...query, ...page }));
}

export function useKeys() {
  return useQuery({ queryKey: [ROOM, "keys"], queryFn: () => bodyOf(api.GET("/console/api/access-keys")) });
}

export function useAudit(query: AuditQuery) {
  return useQuery({
    queryKey: [ROOM, "audit", query],
    queryFn: () => bodyOf(api.GET("/console/api/audit", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

export function useAuditWords() {
  return useQuery({ queryKey: [ROOM, "auditWords"], queryFn: () => bodyOf(api.GET("/console/api/audit/words")) });
}

export function useOwnSessions() {
  return useQuery({ queryKey: [ROOM, "sessions"], queryFn: () => bodyOf(api.GET("/console/api/sessions")) });
}

export function useSecondFactor() {
  return useQuery({ queryKey: [ROOM, "secondFactor"], queryFn: () => bodyOf(api.GET("/console/api/second-factor")) });
}

/** Do something, then read anew whatever this room shows, also when it was refused. */
export function useAct(): <T>(act: () => Promise<T>) => Promise<T> {
  const client = useQueryClient();
  return async (act) => {
    try {
      return await act();
    } finally {
      await client.invalidateQueries({ queryKey: [ROOM] });
    }
  };
}

const user = (id: string) => ({ params: { path: { user_id: id } } });
const key = (ak: string) => ({ params: { path: { ak } } });

export const acts = {
  createPerson: (body: components["schemas"]["UserRequest"]) => bodyOf(api.POST("/console/api/users", { body })),
  changePerson: (id: string, body: components["schemas"]["UserChange"]) =>
    bodyOf(api.PATCH("/console/api/users/{user_id}", { ...user(id), body })),
  resetPassword: (id: string, body: components["schemas"]["PasswordReset"]) =>
    bodyOf(api.PUT("/console/api/users/{user_id}/password", { ...user(id), body })),
  resetFactor: (id: string) => bodyOf(api.DELETE("/console/api/users/{user_id}/second-factor", user(id))),
  createKey: (description: string) => bodyOf(api.POST("/console/api/access-keys", { body: { description } })),
  setKeyState: (ak: string, state: AccessKey["state"]) =>
    bodyOf(api.PATCH("/console/api/access-keys/{ak}", { ...key(ak), body: { state } })),
  rotateKey: (ak: string) => bodyOf(api.POST("/console/api/access-keys/{ak}/rotate", key(ak))),
  deleteKey: (ak: string) => bodyOf(api.DELETE("/console/api/access-keys/{ak}", key(ak))),
  changePassword: (body: components["schemas"]["PasswordChange"]) =>
    bodyOf(api.PUT("/console/api/session/password", { body })),
  endSession: (id: string) =>
    bodyOf(api.DELETE("/console/api/sessions/{session_id}", { params: { path: { session_id: id } } })),
  endOtherSessions: () => bodyOf(api.DELETE("/console/api/sessions")),
  beginFactor: (password: string) => bodyOf(api.POST("/console/api/second-factor", { body: { password } })),
  confirmFactor: (code: string) => bodyOf(api.POST("/console/api/second-factor/confirm", { body: { code } })),
  switchFactorOff: (code: string) => bodyOf(api.POST("/console/api/second-factor/off", { body: { code } })),
  renewCodes: (code: string) => bodyOf(api.POST("/console/api/second-factor/recovery-codes", { body: { code } })),
};

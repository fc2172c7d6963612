/** What the form of a scene of shortcut keys holds, and what of it is sent; fields are named as the server names them. */
import type { Uploaded } from "@/kit/useUploads";
import { COUNTRY, itemOf, type ItemValues, keptPicture } from "@/rooms/service_accounts/accountForm";
import type { ShortcutBody } from "@/rooms/service_accounts/shortcutQueries";

export interface ShortcutValues {
  sign: string;
  authorization_files?: Uploaded[];
  areas?: string[];
  keys: ItemValues[];
  change_reason?: string;
}

export const MAX_KEYS = 6;
export const MAX_KEY_UNITS = 12;
export const MAX_PROOFS = 6;
export const SIGN_CHARS = 18;

export const NEW_KEY: ItemValues = { action_type: "OPEN_URL" };
export const NEW_SHORTCUT: Partial<ShortcutValues> = { areas: [COUNTRY], keys: [NEW_KEY] };

export function shortcutOf({ sign, authorization_files: proofs = [], areas = [], keys }: ShortcutValues): Required<ShortcutBody> {
  return { sign: sign.trim(), authorization_files: proofs.map(({ id }) => id), areas, keys: keys.map(itemOf) };
}

export function shortcutValues(body: ShortcutBody, tenantId: string, proof: string): ShortcutValues {
  return {
    sign: body.sign,
    areas: body.areas,
    authorization_files: (body.authorization_files ?? []).flatMap((id, index) => keptPicture(tenantId, id, `${proof}${index + 1}`)),
    keys: body.keys ?? [],
  };
}

/** What is reviewed and what happened to it, in words; what a later room submits shows by its own name. */
import { useTranslation } from "react-i18next";

import type { Guide } from "@/rooms/reviews/queries";

const KINDS = {
  "enterprises.filing": "filing",
  "sms.signature": "signature",
  "sms.template": "smsTemplate",
  "smart.template": "smartTemplate",
  "video_sms.template": "videoTemplate",
  "video_sms.signature": "videoSignature",
  "service_accounts.pub": "pub",
  "service_accounts.menu": "menu",
  "service_accounts.portal": "portal",
  "service_accounts.shortcut": "shortcut",
  "campaigns.link_domain": "linkDomain",
  "campaigns.jump_link": "jumpLink",
} as const;
export const KIND_NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];
const ACTIONS = ["submitted", "claimed", "released", "urged", "approved", "rejected", "withdrawn"] as const;
/** What may be a code of a value. */
const CODE = /^[\w-]{1,40}$/;
const OWN_ACTIONS = ["first_approved", "asked_back"] as const;

export function useKindText(): (kind: string) => string {
  const { t } = useTranslation();
  return (kind) => {
    const known = Object.entries(KINDS).find(([name]) => name === kind);
    return known === undefined ? kind : t(`reviewKind.${known[1]}`);
  };
}

export function useActionText(): (action: string) => string {
  const { t } = useTranslation();
  return (action) => {
    const own = OWN_ACTIONS.find((name) => name === action);
    const known = ACTIONS.find((name) => name === action);
    return own !== undefined ? t(`reviews.action.${own}`) : known === undefined ? action : t(`reviewAction.${known}`);
  };
}

/** Choose a text by the language of the console. */
export function useWord(): (word: { zh: string; en: string }) => string {
  const { i18n } = useTranslation();
  return ({ zh, en }) => (i18n.language.startsWith("zh") ? zh : en);
}

/** Codes of fields and of their values; the catalogue has both languages. */
export function useSheetText(kind: string, guide: Guide | undefined): { field: (field: string) => string; value: (field: string, text: string) => string } {
  const { t, i18n } = useTranslation();
  const wordOf = useWord();
  return {
    field(field) {
      const key = `reviews.field.${field}`;
      const known = guide?.fields.find(({ code }) => code === field);
      return known !== undefined ? wordOf(known) : i18n.exists(key) ? t(key as "reviews.field.legal_name") : field;
    },
    value(field, text) {
      const room = kind.split(".")[0] ?? "";
      const keys = [`reviews.value.${room}_${field}.${text}`, `reviews.value.${field}.${text}`, `reviews.value.any.${text}`];
      const known = keys.find((key) => CODE.test(text) && i18n.exists(key));
      return known === undefined ? text : t(known as "reviews.value.any.true");
    },
  };
}

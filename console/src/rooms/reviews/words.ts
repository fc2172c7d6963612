/** What is reviewed and what happened to it, in words; what a later room submits shows by its own name. */
import { useTranslation } from "react-i18next";

const KINDS = {
  "enterprises.filing": "filing",
  "sms.signature": "signature",
  "sms.template": "smsTemplate",
  "smart.template": "smartTemplate",
  "video_sms.template": "videoTemplate",
  "service_accounts.pub": "pub",
  "service_accounts.menu": "menu",
  "service_accounts.portal": "portal",
  "campaigns.link_domain": "linkDomain",
} as const;
const ACTIONS = ["submitted", "claimed", "released", "urged", "approved", "rejected", "withdrawn"] as const;

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
    const known = ACTIONS.find((name) => name === action);
    return known === undefined ? action : t(`reviewAction.${known}`);
  };
}

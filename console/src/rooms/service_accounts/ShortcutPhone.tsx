import "@/rooms/service_accounts/accounts.css";

import { useTranslation } from "react-i18next";

import { PhonePreview } from "@/kit/PhonePreview";
import type { ItemValues } from "@/rooms/service_accounts/accountForm";

interface ShortcutPhoneProps {
  sign: string | undefined;
  keys: readonly (Pick<ItemValues, "name"> | undefined)[];
}

/** How a phone shows the keys: a strip below a message of the signature. */
export function ShortcutPhone({ sign = "", keys }: ShortcutPhoneProps) {
  const { t } = useTranslation();
  const names = keys.map((key) => key?.name?.trim() ?? "").filter((name) => name !== "");
  const strip = names.length > 0 && (
    <ul className="shortcut-keys" aria-label={t("service_accounts.shortcut.keys")}>
      {names.map((name, index) => (
        <li key={index}>{name}</li>
      ))}
    </ul>
  );
  return (
    <div className="shortcut-phone">
      <PhonePreview
        signature={sign.trim() === "" ? t("service_accounts.shortcut.sign") : sign.trim()}
        text={t("service_accounts.shortcut.example")}
        below={strip}
      />
    </div>
  );
}

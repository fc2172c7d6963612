import { Select } from "antd";
import { useTranslation } from "react-i18next";

import { may, useSignedIn } from "@/rooms/identity/session";
import { useSignatures } from "@/rooms/sms/queries";

const MAX_SIGNS = 5;

interface SignFieldProps {
  id?: string;
  value?: string[];
  onChange?: (signs: string[]) => void;
  /** Only these may be chosen; else approved ones are offered and others typed. */
  among?: readonly string[];
}

function Tags({ names, isOpen, ...field }: SignFieldProps & { names: readonly string[]; isOpen: boolean }) {
  const { t } = useTranslation();
  return (
    <Select<string[]>
      {...field}
      mode={isOpen ? "tags" : "multiple"}
      maxCount={MAX_SIGNS}
      tokenSeparators={[",", "，", "、"]}
      options={names.map((value) => ({ value, label: value }))}
      placeholder={t(isOpen ? "service_accounts.signsPlaceholder" : "service_accounts.choose")}
      style={{ width: "100%", maxWidth: 560 }}
    />
  );
}

function Suggesting(field: SignFieldProps) {
  const { data } = useSignatures({ state: ["REVIEW_PASSED"], limit: 100 });
  return <Tags {...field} names={[...new Set(data?.items.map((row) => row.signature_name) ?? [])]} isOpen />;
}

/** Signatures, five at most. */
export function SignField({ among, ...field }: SignFieldProps) {
  const { session } = useSignedIn();
  if (among !== undefined) {
    return <Tags {...field} names={among} isOpen={false} />;
  }
  return may(session, "kooMessage:aimMsgSignature:list") ? <Suggesting {...field} /> : <Tags {...field} names={[]} isOpen />;
}

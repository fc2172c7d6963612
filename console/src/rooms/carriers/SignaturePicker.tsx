import { AutoComplete } from "antd";
import { useTranslation } from "react-i18next";

import type { NumberRow } from "@/rooms/carriers/queries";

interface SignaturePickerProps {
  rows: readonly NumberRow[];
  id?: string;
  value?: string;
  onChange?: (value: string) => void;
}

/** A signature by tenant and name; its id or channel number may be typed as well. */
export function SignaturePicker({ rows, ...control }: SignaturePickerProps) {
  const { t } = useTranslation();
  const labelOf = (row: NumberRow) =>
    [row.tenant_name, row.signature_name === "" ? t("carriers.numbers.gone") : row.signature_name, row.channel_number].join(" · ");
  const labels = new Map(rows.map((row) => [row.signature_id, labelOf(row)]));
  return (
    <AutoComplete
      {...control}
      allowClear
      showSearch={{
        filterOption: (typed, option) =>
          typeof option?.value === "string" && `${labels.get(option.value) ?? ""} ${option.value}`.includes(typed),
      }}
      options={rows.map((row) => ({ value: row.signature_id, label: labels.get(row.signature_id) }))}
      style={{ width: 360 }}
    />
  );
}

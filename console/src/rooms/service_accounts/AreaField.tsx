import { TreeSelect } from "antd";
import { useTranslation } from "react-i18next";

import { COUNTRY } from "@/rooms/service_accounts/accountForm";
import { useGuide } from "@/rooms/service_accounts/queries";

interface AreaFieldProps {
  id?: string;
  value?: string[];
  onChange?: (areas: string[]) => void;
}

/** 地区: the whole country, provinces, prefectures; what is whole counts as one. */
export function AreaField(field: AreaFieldProps) {
  const { t } = useTranslation();
  const { data } = useGuide();
  const provinces = data?.provinces ?? [];
  const tree = [
    {
      value: COUNTRY,
      title: t("service_accounts.country"),
      children: provinces.map(({ name, cities }) => ({ value: name, title: name, children: cities.map((city) => ({ value: city, title: city })) })),
    },
  ];
  return (
    <TreeSelect<string[]>
      {...field}
      treeData={tree}
      treeCheckable
      showCheckedStrategy={TreeSelect.SHOW_PARENT}
      treeDefaultExpandedKeys={[COUNTRY]}
      placeholder={t("service_accounts.choose")}
      showSearch={{ treeNodeFilterProp: "title" }}
      allowClear
      maxTagCount={8}
      style={{ width: "100%", maxWidth: 560 }}
    />
  );
}

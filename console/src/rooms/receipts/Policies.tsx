import { Card, Table } from "antd";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { formatTime } from "@/kit/format";
import { StateTag } from "@/kit/StateTag";
import { may, useSignedIn } from "@/rooms/identity/session";
import { acts, type MessageClass, type Policy, useAct, usePolicies } from "@/rooms/receipts/queries";

/** Whether unknown messages of a class are sent once more by themselves. */
export function Policies() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const act = useAct();
  const { data, isPending } = usePolicies();
  const mayEdit = may(session, "hongyan:channel:edit");
  const nameOf = (klass: string) => t(`receipts.class.${klass as MessageClass}`);
  return (
    <Card title={<h2 style={{ margin: 0, fontSize: 16 }}>{t("receipts.policyTitle")}</h2>} data-card="policies">
      <p className="faint">{t("receipts.policyNote")}</p>
      <Table<Policy>
        rowKey="klass"
        size="small"
        loading={isPending}
        pagination={false}
        scroll={{ x: 560 }}
        dataSource={data?.items}
        columns={[
          { key: "klass", title: t("receipts.klass"), width: 120, render: (_, one) => nameOf(one.klass) },
          {
            key: "policy",
            title: t("receipts.policyTitle"),
            render: (_, { may_resend_unknown: isOn, changed_at, changed_by }) => (
              <>
                <StateTag state={isOn ? "allowed" : "forbidden"} tone={isOn ? "unclear" : "left"} text={t(isOn ? "receipts.allowed" : "receipts.forbidden")} />
                {changed_at !== null && <small className="faint">{t("receipts.changedBy", { by: changed_by, at: formatTime(changed_at, zone) })}</small>}
              </>
            ),
          },
          {
            key: "actions",
            title: t("list.actions"),
            width: 170,
            render: (_, { klass, may_resend_unknown: isOn }) =>
              mayEdit && (
                <ConfirmAction
                  size="small"
                  text={t(isOn ? "receipts.forbid" : "receipts.allow")}
                  ask={t(isOn ? "receipts.askForbid" : "receipts.askAllow", { klass: nameOf(klass) })}
                  consequence={t(isOn ? "receipts.whyForbid" : "receipts.whyAllow")}
                  isDanger={!isOn}
                  act={() => act(() => acts.policy(klass as MessageClass, !isOn))}
                  done={t("receipts.decided")}
                />
              ),
          },
        ]}
      />
    </Card>
  );
}

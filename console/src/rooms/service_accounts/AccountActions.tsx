import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { may, useSignedIn } from "@/rooms/identity/session";
import { type Account, acts, useAct } from "@/rooms/service_accounts/queries";

interface AccountActionsProps {
  account: Pick<Account, "pub_id" | "name" | "state" | "approval">;
  type?: "link";
}

/** 修改, 冻结, 解冻, by state and by who may. */
export function AccountActions({ account, type }: AccountActionsProps) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  if (!may(session, "kooMessage:aimSaPub:create")) {
    return null;
  }
  const { pub_id: id, name, state, approval } = account;
  const size = type === undefined ? undefined : "small";
  const isWaiting = approval === "reviewing";
  const reason = { label: t("service_accounts.reason"), isRequired: true, maxLength: 200 };
  return (
    <Space size={type === undefined ? 8 : 0} wrap>
      <Button type={type} size={size} disabled={isWaiting} title={isWaiting ? t("service_accounts.waiting") : undefined} onClick={() => void navigate(`/service-accounts/${id}/edit`)}>
        {t("service_accounts.modify")}
      </Button>
      {state === "effective" && (
        <ConfirmAction
          type={type}
          size={size}
          isDanger
          text={t("service_accounts.freeze")}
          ask={t("service_accounts.freezeAsk", { name })}
          consequence={t("service_accounts.freezeText")}
          reason={reason}
          act={(why) => act(() => acts.freeze(id, why))}
          done={t("service_accounts.frozen")}
        />
      )}
      {state === "frozen" && !isWaiting && (
        <ConfirmAction
          type={type}
          size={size}
          text={t("service_accounts.unfreeze")}
          ask={t("service_accounts.unfreezeAsk", { name })}
          consequence={t("service_accounts.unfreezeText")}
          reason={reason}
          act={(why) => act(() => acts.unfreeze(id, why))}
          done={t("service_accounts.submittedDone")}
        />
      )}
    </Space>
  );
}

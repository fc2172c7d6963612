import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { may, useSignedIn } from "@/rooms/identity/session";
import { type AccountPart, acts, useAct } from "@/rooms/service_accounts/queries";

/** 修改 and 催审 of a menu or a home page. */
export function PartActions({ part, type }: { part: AccountPart; type?: "link" }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  const { kind, pub_id: pubId, pub_name: name } = part;
  if (!may(session, kind === "menu" ? "kooMessage:aimSaMenu:create" : "kooMessage:aimSaPortal:create")) {
    return null;
  }
  const isWaiting = part.approval === "reviewing";
  const size = type === undefined ? undefined : "small";
  return (
    <Space size={type === undefined ? 8 : 0} wrap>
      <Button type={type} size={size} disabled={isWaiting} title={isWaiting ? t("service_accounts.waiting") : undefined} onClick={() => void navigate(`/service-accounts/${pubId}/${kind}`)}>
        {t("service_accounts.modify")}
      </Button>
      {part.can_urge && (
        <ConfirmAction
          type={type}
          size={size}
          text={t("service_accounts.urge")}
          ask={t("service_accounts.urgeAsk", { name })}
          consequence={t("service_accounts.urgeText")}
          act={() => act(() => acts.urge(part))}
          done={t("service_accounts.urged")}
        />
      )}
    </Space>
  );
}

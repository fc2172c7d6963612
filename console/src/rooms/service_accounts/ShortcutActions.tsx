import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { may, useSignedIn } from "@/rooms/identity/session";
import { useAct } from "@/rooms/service_accounts/queries";
import { type Shortcut, shortcutActs } from "@/rooms/service_accounts/shortcutQueries";

/** 修改, 催审, 冻结, 解冻, by state and by who may. */
export function ShortcutActions({ shortcut, type }: { shortcut: Shortcut; type?: "link" }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  if (!may(session, "kooMessage:aimSaPub:create")) {
    return null;
  }
  const { shortcut_id: id, sign, state, approval } = shortcut;
  const size = type === undefined ? undefined : "small";
  const isWaiting = approval === "reviewing";
  const reason = { label: t("service_accounts.reason"), isRequired: true, maxLength: 200 };
  const comma = t("service_accounts.comma");
  const takes = [
    t("service_accounts.shortcut.takesKeys", { keys: shortcut.keys.join(comma) }),
    t("service_accounts.shortcut.takesAreas", { areas: shortcut.areas.join(comma) }),
  ];
  return (
    <Space size={type === undefined ? 8 : 0} wrap>
      <Button type={type} size={size} disabled={isWaiting} title={isWaiting ? t("service_accounts.waiting") : undefined} onClick={() => void navigate(`/shortcuts/${id}/edit`)}>
        {t("service_accounts.modify")}
      </Button>
      {isWaiting && (
        <ConfirmAction
          type={type}
          size={size}
          text={t("service_accounts.urge")}
          ask={t("service_accounts.shortcut.urgeAsk", { sign })}
          consequence={t("service_accounts.urgeText")}
          act={() => act(() => shortcutActs.urge(id))}
          done={t("service_accounts.urged")}
        />
      )}
      {state === "effective" && (
        <ConfirmAction
          type={type}
          size={size}
          isDanger
          text={t("service_accounts.freeze")}
          ask={t("service_accounts.shortcut.freezeAsk", { sign })}
          consequence={t("service_accounts.shortcut.freezeText")}
          takes={takes}
          reason={reason}
          act={(why) => act(() => shortcutActs.freeze(id, why))}
          done={t("service_accounts.frozen")}
        />
      )}
      {state === "frozen" && !isWaiting && (
        <ConfirmAction
          type={type}
          size={size}
          text={t("service_accounts.unfreeze")}
          ask={t("service_accounts.shortcut.unfreezeAsk", { sign })}
          consequence={t("service_accounts.shortcut.unfreezeText")}
          takes={takes}
          reason={reason}
          act={(why) => act(() => shortcutActs.unfreeze(id, why))}
          done={t("service_accounts.submittedDone")}
        />
      )}
    </Space>
  );
}

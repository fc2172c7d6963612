import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { formatTime } from "@/kit/format";
import { type AccessKey, acts, useAct } from "@/rooms/identity/queries";

/** What can be done with a key: rotate, disable or enable, delete. */
export function KeyActions({ pair, zone, rotate }: { pair: AccessKey; zone: string; rotate: () => void }) {
  const { t } = useTranslation();
  const act = useAct();
  const { ak, state, last_used_at: used } = pair;
  const isActive = state === "active";
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={rotate}>
        {t("identity.keys.rotate")}
      </Button>
      <ConfirmAction
        type="link"
        size="small"
        isDanger={isActive}
        text={t(isActive ? "identity.keys.disable" : "identity.keys.enable")}
        ask={t(isActive ? "identity.keys.disableAsk" : "identity.keys.enableAsk", { ak })}
        consequence={t(isActive ? "identity.keys.disableText" : "identity.keys.enableText")}
        act={() => act(() => acts.setKeyState(ak, isActive ? "disabled" : "active"))}
        done={t(isActive ? "identity.keys.disabledDone" : "identity.keys.enabledDone")}
      />
      <ConfirmAction
        type="link"
        size="small"
        isDanger
        text={t("identity.keys.delete")}
        ask={t("identity.keys.deleteAsk", { ak })}
        consequence={t("identity.keys.deleteText")}
        takes={used === null ? [] : [t("identity.keys.deleteUsed", { at: formatTime(used, zone) })]}
        act={() => act(() => acts.deleteKey(ak))}
        done={t("identity.keys.deletedDone")}
      />
    </Space>
  );
}

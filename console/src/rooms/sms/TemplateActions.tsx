import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { may, useSignedIn } from "@/rooms/identity/session";
import { acts, type Template, useAct } from "@/rooms/sms/queries";

/** What can be done with a template in its state, by who may. */
export function TemplateActions({ template, open }: { template: Template; open: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const act = useAct();
  const { template_id: id, template_name: name, status } = template;
  const mayUpdate = may(session, "kooMessage:aimMsgTemplate:update");
  const isUsed = status === "active";
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={open}>
        {t("sms.details")}
      </Button>
      {mayUpdate && status === "rejected" && (
        <Button type="link" size="small" onClick={() => void navigate(`/sms-templates/${id}/edit`)}>
          {t("sms.modify")}
        </Button>
      )}
      {mayUpdate && status === "reviewing" && (
        <>
          <ConfirmAction
            type="link"
            size="small"
            text={t("sms.withdraw")}
            ask={t("sms.withdrawAsk", { name })}
            consequence={t("sms.withdrawText")}
            act={() => act(() => acts.withdrawTemplate(id))}
            done={t("sms.withdrawn")}
          />
          <ConfirmAction
            type="link"
            size="small"
            text={t("sms.urge")}
            ask={t("sms.urgeAsk", { name })}
            consequence={t("sms.urgeText")}
            act={() => act(() => acts.urgeTemplate(id))}
            done={t("sms.urged")}
          />
        </>
      )}
      {mayUpdate && (isUsed || status === "inactive") && (
        <ConfirmAction
          type="link"
          size="small"
          text={t(isUsed ? "sms.template.deactivate" : "sms.template.activate")}
          ask={t(isUsed ? "sms.template.deactivateAsk" : "sms.template.activateAsk", { name })}
          consequence={
            <>
              <p>{t(isUsed ? "sms.template.deactivateText" : "sms.template.activateText")}</p>
              {isUsed && <Waiting what="sms_template" ids={[id]} />}
            </>
          }
          act={() => act(() => acts.useTemplate(id, !isUsed))}
          done={t("sms.template.used")}
        />
      )}
      {may(session, "kooMessage:aimMsgTemplate:create") && (
        <Button type="link" size="small" onClick={() => void navigate(`/sms-templates/new?copy=${id}`)}>
          {t("sms.copy")}
        </Button>
      )}
      {may(session, "kooMessage:aimMsgTemplate:delete") && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("sms.delete")}
          ask={t("sms.template.deleteAsk", { name })}
          consequence={
            <>
              <p>{t("sms.template.deleteText")}</p>
              <Waiting what="sms_template" ids={[id]} />
            </>
          }
          act={() => act(() => acts.deleteTemplates([id]))}
          done={t("sms.template.deleted")}
        />
      )}
    </Space>
  );
}

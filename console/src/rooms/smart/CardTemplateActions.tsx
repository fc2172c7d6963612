import { Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { Waiting } from "@/rooms/campaigns/Waiting";
import { may, mayMakeLinks, maySend, useSignedIn } from "@/rooms/identity/session";
import { CardTest } from "@/rooms/smart/CardTest";
import { acts, type CardTemplate, useAct } from "@/rooms/smart/queries";

const REASON_CHARS = 200;

/** What an owner does to a template: urge it, take it out of use, delete it. */
function OwnerActions({ template }: { template: CardTemplate }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const act = useAct();
  const { tpl_id: id, tpl_name: name, audit_state: audit, is_enabled: isEnabled } = template;
  const mayUpdate = may(session, "kooMessage:devTemplate:update");
  return (
    <>
      {mayUpdate && audit === "in_review" && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("sms.urge")}
          ask={t("sms.urgeAsk", { name })}
          consequence={t("sms.urgeText")}
          act={() => act(() => acts.urge(id))}
          done={t("sms.urged")}
        />
      )}
      {mayUpdate && audit === "passed" && isEnabled && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          text={t("smart.disable")}
          ask={t("smart.disableAsk", { name })}
          consequence={
            <>
              <p>{t("smart.disableText")}</p>
              <Waiting what="card_template" ids={[id]} />
            </>
          }
          reason={{ label: t("smart.disableReason"), maxLength: REASON_CHARS }}
          act={(reason) => act(() => acts.setUse(id, false, reason))}
          done={t("smart.disabled")}
        />
      )}
      {mayUpdate && audit === "passed" && !isEnabled && (
        <ConfirmAction
          type="link"
          size="small"
          text={t("smart.enable")}
          ask={t("smart.enableAsk", { name })}
          consequence={t("smart.enableText")}
          act={() => act(() => acts.setUse(id, true))}
          done={t("smart.enabled")}
        />
      )}
      {may(session, "kooMessage:devTemplate:delete") && (
        <ConfirmAction
          type="link"
          size="small"
          isDanger
          isDisabled={audit === "in_review"}
          title={audit === "in_review" ? t("smart.deleteInReview") : undefined}
          text={t("sms.delete")}
          ask={t("smart.deleteAsk", { name })}
          consequence={<Waiting what="card_template" ids={[id]} />}
          takes={[t("smart.deleteLinks"), t("smart.deleteSends")]}
          typed={audit === "passed" ? name : undefined}
          act={() => act(() => acts.remove(id))}
          done={t("smart.deleted")}
        />
      )}
    </>
  );
}

/** What can be done with a template in its state, by who may. */
export function CardTemplateActions({ template, open }: { template: CardTemplate; open: () => void }) {
  const { t } = useTranslation();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const { tpl_id: id, audit_state: audit, is_enabled: isEnabled, is_public: isPublic } = template;
  const isUsable = audit === "passed" && isEnabled;
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={open}>
        {t("smart.preview")}
      </Button>
      {isUsable && maySend(session) && (
        <Button type="link" size="small" onClick={() => void navigate(`/send-tasks/new?card=${id}`)}>
          {t("smart.send")}
        </Button>
      )}
      {isUsable && maySend(session) && <CardTest template={template} />}
      {isUsable && mayMakeLinks(session) && (
        <Button type="link" size="small" onClick={() => void navigate(`/resolve-tasks/new?card=${id}`)}>
          {t("smart.makeLinks")}
        </Button>
      )}
      {!isPublic && <OwnerActions template={template} />}
    </Space>
  );
}

import { Button, Card, Space } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Problem } from "@/client/problem";
import { ConfirmAction } from "@/kit/ConfirmAction";
import { Figures } from "@/kit/Figures";
import { History } from "@/kit/History";
import { Page } from "@/kit/Page";
import { PhonePreview } from "@/kit/PhonePreview";
import { RejectReason } from "@/kit/RejectReason";
import { GROUP_COLOURS, Segments } from "@/kit/Segments";
import { StateTag } from "@/kit/StateTag";
import { FormSample } from "@/kit/styleguide/FormSample";
import { TableSample } from "@/kit/styleguide/TableSample";
import { Trouble } from "@/kit/Trouble";
import { useSignedIn } from "@/rooms/identity/session";

const TONES = ["good", "busy", "waiting", "bad", "unclear", "left"] as const;
const MOMENT = "2026-11-23T02:00:00Z";

function States() {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  return (
    <Card title={t("kit.guide.states")}>
      <div className="stack">
        <Space wrap>
          {TONES.map((tone) => (
            <StateTag key={tone} state={tone} tone={tone} text={t(`kit.guide.${tone}`)} reason={tone === "unclear" ? t("kit.guide.why") : null} />
          ))}
        </Space>
        <Segments total={100} segments={TONES.map((tone, at) => ({ key: tone, label: t(`kit.guide.${tone}`), count: 6 + at * 4, colour: GROUP_COLOURS[tone] }))} />
        <Figures figures={TONES.slice(0, 4).map((tone, at) => ({ key: tone, label: t(`kit.guide.${tone}`), value: 12_345 * (at + 1), note: t("kit.guide.why") }))} />
        <RejectReason reason={t("kit.guide.why")} at="2026-11-23 10:00:00" action={<Button size="small">{t("kit.guide.again")}</Button>} />
        <History
          zone={zone}
          events={[
            { key: "1", at: MOMENT, what: t("kit.guide.busy"), who: "admin" },
            { key: "2", at: MOMENT, what: t("kit.guide.bad"), who: "reviewer", note: t("kit.guide.why"), tone: "bad" },
          ]}
        />
      </div>
    </Card>
  );
}

function Actions() {
  const { t } = useTranslation();
  const refuse = () => Promise.reject(new Problem(409, "kit.guide", t("kit.guide.why"), undefined, "r-sample"));
  return (
    <Card title={t("kit.guide.actions")}>
      <Space wrap>
        <ConfirmAction
          text={t("kit.guide.delete")}
          ask={t("kit.guide.deleteAsk")}
          takes={[t("kit.guide.takes")]}
          typed="app-1"
          reason={{ label: t("kit.guide.reason") }}
          act={() => Promise.resolve()}
          done={t("action.done")}
          isDanger
        />
        <ConfirmAction text={t("kit.guide.refused")} ask={t("kit.guide.deleteAsk")} act={refuse} done={t("action.done")} />
        <Link to="/styleguide/wizard">{t("kit.guide.wizard")}</Link>
      </Space>
    </Card>
  );
}

function Phone() {
  const { t } = useTranslation();
  const menu = <div style={{ textAlign: "center", padding: 10 }}>{t("kit.guide.menu")}</div>;
  return (
    <Card title={t("kit.guide.phone")}>
      <PhonePreview
        sender="106900001234"
        signature={t("brand.name")}
        text={t("kit.guide.sms")}
        link="v.example/a1B2c3"
        card={<div style={{ padding: 16, minHeight: 160 }}>{t("kit.guide.card")}</div>}
        menu={menu}
        scale={0.8}
      />
    </Card>
  );
}

/** All parts of the kit, as pages use them. */
export function Styleguide() {
  const { t } = useTranslation();
  return (
    <Page title={t("kit.guide.title")} note={t("kit.guide.note")}>
      <TableSample />
      <FormSample />
      <States />
      <Actions />
      <Phone />
      <Card title={t("kit.guide.trouble")}>
        <Trouble error={new Problem(500, "kit.guide", t("kit.guide.why"), undefined, "r-sample")} />
      </Card>
    </Page>
  );
}

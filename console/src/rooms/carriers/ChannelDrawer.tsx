import { App, Col, Divider, Drawer, Form, Input, InputNumber, Row, Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ServerForm } from "@/kit/ServerForm";
import { acts, type Channel, type NewChannel, useAct } from "@/rooms/carriers/queries";

type Values = Omit<NewChannel, "secret"> & { secret?: string };

const PROTOCOLS = ["cmpp30", "cmpp20", "sgip12", "smgp30", "smpp34", "mm7"] as const;
export const CARRIERS = ["any", "mobile", "unicom", "telecom"] as const;
/** The door's names of fields, where the form has others. */
const RENAMED = {
  account: "login",
  source: "src_number",
  rate: "rate_per_s",
  window: "window_pdus",
  heartbeat: "heartbeat_s",
  response_timeout: "response_timeout_s",
  cost: "cost_milli",
  service_id: "options.service_id",
  corp_id: "options.corp_id",
  node: "options.node",
  carrier_signature: "options.carrier_signature",
};
const USUAL: Partial<Values> = {
  protocol: "cmpp30",
  carrier: "any",
  window_pdus: 16,
  connections: 1,
  heartbeat_s: 30,
  response_timeout_s: 60,
  priority: 0,
};

interface FieldProps {
  name: string | string[];
  label: string;
  extra?: string;
  isRequired?: boolean;
  children: ReactNode;
}

function Field({ name, label, extra, isRequired, children }: FieldProps) {
  const { t } = useTranslation();
  return (
    <Col xs={24} sm={12}>
      <Form.Item name={name} label={label} extra={extra} rules={isRequired ? [{ required: true, message: t("carriers.required") }] : []}>
        {children}
      </Form.Item>
    </Col>
  );
}

function none<T>(value: T | undefined): T | null {
  return value === undefined || value === "" ? null : value;
}

async function save(old: Channel | null, values: Values): Promise<unknown> {
  const { secret = "", options, ...rest } = values;
  const tuned = {
    host: rest.host,
    port: rest.port,
    listen_port: none(rest.listen_port),
    rate_per_s: none(rest.rate_per_s),
    window_pdus: rest.window_pdus,
    connections: rest.connections,
    heartbeat_s: rest.heartbeat_s,
    response_timeout_s: rest.response_timeout_s,
    priority: rest.priority,
    weight: none(rest.weight),
    cost_milli: none(rest.cost_milli),
    group: none(rest.group),
    serves: rest.serves == null || rest.serves.length === 0 ? null : rest.serves,
    options: { service_id: options.service_id ?? "", corp_id: options.corp_id ?? "", node: none(options.node), carrier_signature: options.carrier_signature ?? "none" },
  } as const;
  if (old === null) {
    return acts.add({ ...rest, ...tuned, secret });
  }
  const changed = await acts.change(old.name, tuned);
  return secret === "" ? changed : acts.secret(old.name, secret);
}

/** Add a channel, or tune one while it works. */
export function ChannelDrawer({ channel, close }: { channel: Channel | "new" | null; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  const old = channel === "new" ? null : channel;
  const wide = { width: "100%" };
  const before = old === null ? USUAL : ({ ...old, secret: undefined } as unknown as Partial<Values>);
  return (
    <Drawer
      open={channel !== null}
      onClose={close}
      title={old === null ? t("carriers.add") : t("carriers.editTitle", { name: old.name })}
      size={640}
      destroyOnHidden
    >
      {channel !== null && (
        <ServerForm<Values>
          name="channel"
          guard={false}
          initialValues={before}
          renamed={RENAMED}
          submit={(values) => act(() => save(old, values))}
          onDone={() => {
            message.success(t(old === null ? "carriers.added" : "carriers.saved"));
            close();
          }}
          submitText={t("carriers.save")}
          cancel={close}
        >
          <Row gutter={16}>
            {old === null && (
              <>
                <Field name="name" label={t("carriers.name")} extra={t("carriers.nameHint")} isRequired>
                  <Input maxLength={40} />
                </Field>
                <Field name="protocol" label={t("carriers.protocol")} isRequired>
                  <Select options={PROTOCOLS.map((value) => ({ value, label: value }))} />
                </Field>
                <Field name="login" label={t("carriers.login")} isRequired>
                  <Input maxLength={64} autoComplete="off" />
                </Field>
                <Field name="src_number" label={t("carriers.src")} isRequired>
                  <Input maxLength={16} inputMode="numeric" />
                </Field>
                <Field name="carrier" label={t("carriers.carrier")} isRequired>
                  <Select options={CARRIERS.map((value) => ({ value, label: t(`carriers.of.${value}`) }))} />
                </Field>
              </>
            )}
            <Field
              name="secret"
              label={t(old === null ? "carriers.secret" : "carriers.newSecret")}
              extra={old === null ? undefined : t("carriers.newSecretHint")}
              isRequired={old === null}
            >
              <Input.Password autoComplete="new-password" maxLength={200} />
            </Field>
            <Field name="host" label={t("carriers.host")} isRequired>
              <Input maxLength={200} />
            </Field>
            <Field name="port" label={t("carriers.port")} isRequired>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="listen_port" label={t("carriers.listenPort")} extra={t("carriers.listenPortHint")}>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="rate_per_s" label={t("carriers.rate")} extra={t("carriers.rateHint")}>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="window_pdus" label={t("carriers.window")} extra={t("carriers.windowHint")} isRequired>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="connections" label={t("carriers.connections")} extra={t("carriers.connectionsHint")} isRequired>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="priority" label={t("carriers.priority")} extra={t("carriers.priorityHint")} isRequired>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="weight" label={t("carriers.weight")} extra={t("carriers.weightHint")}>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="cost_milli" label={t("carriers.cost")}>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="group" label={t("carriers.group")} extra={t("carriers.groupHint")}>
              <Input maxLength={40} />
            </Field>
            <Field name="heartbeat_s" label={t("carriers.heartbeat")} isRequired>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="response_timeout_s" label={t("carriers.responseTimeout")} isRequired>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name="serves" label={t("carriers.serves")} extra={t("carriers.servesHint")}>
              <Select mode="tags" open={false} suffix={null} tokenSeparators={[",", " "]} />
            </Field>
          </Row>
          <Divider titlePlacement="start">{t("carriers.options")}</Divider>
          <Row gutter={16}>
            <Field name={["options", "service_id"]} label={t("carriers.serviceId")}>
              <Input maxLength={10} />
            </Field>
            <Field name={["options", "corp_id"]} label={t("carriers.corpId")}>
              <Input maxLength={8} />
            </Field>
            <Field name={["options", "node"]} label={t("carriers.node")}>
              <InputNumber precision={0} style={wide} />
            </Field>
            <Field name={["options", "carrier_signature"]} label={t("carriers.carrierSignature")}>
              <Select options={(["none", "prefix", "suffix"] as const).map((value) => ({ value, label: value }))} />
            </Field>
          </Row>
        </ServerForm>
      )}
    </Drawer>
  );
}

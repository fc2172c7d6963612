import { App, Checkbox, Descriptions, Drawer, Form, Input, Radio, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { ServerForm } from "@/kit/ServerForm";
import type { Uploaded } from "@/kit/useUploads";
import { COUNTRY } from "@/rooms/service_accounts/accountForm";
import { AreaField } from "@/rooms/service_accounts/AreaField";
import { PictureField } from "@/rooms/service_accounts/PictureField";
import { acts, type ChannelNumber, useAct, useEffectiveAccounts, useGuide } from "@/rooms/service_accounts/queries";
import { SignField } from "@/rooms/service_accounts/SignField";
import { PORT_TYPES, type PortType } from "@/rooms/service_accounts/words";

const MAX_DIGITS = 21;
const MAX_PROOFS = 5;

interface PortValues {
  port_type: PortType;
  port: string;
  sign: string[];
  sign_check: boolean;
  authorization_files?: Uploaded[];
}

/** 创建通道号. */
export function CreatePort({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  const [type, setType] = useState<PortType>(1);
  const digits = type === 5 ? /^\d{5}$/ : /^\d{1,21}$/;
  return (
    <Drawer open={isOpen} onClose={close} title={t("service_accounts.port.add")} size={560} destroyOnHidden mask={{ closable: false }}>
      <ServerForm<PortValues>
        name="channel-number"
        guard={false}
        initialValues={{ port_type: 1, sign_check: true }}
        submit={(values) =>
          act(() =>
            acts.createPort({
              port_type: values.port_type,
              port: values.port,
              sign: values.sign,
              sign_check: values.port_type !== 1 || values.sign_check,
              authorization_files: (values.authorization_files ?? []).map(({ id }) => id),
            }),
          )
        }
        onDone={() => {
          void message.success(t("service_accounts.port.added"));
          close();
        }}
        onValuesChange={(changed) => {
          if (changed.port_type !== undefined) {
            setType(changed.port_type);
          }
        }}
        submitText={t("service_accounts.ok")}
        cancel={close}
      >
        <Form.Item name="port_type" label={t("service_accounts.port.type")} required extra={t(`service_accounts.port.typeHint.${type}`)}>
          <Radio.Group options={PORT_TYPES.map((value) => ({ value, label: t(`service_accounts.port.typeName.${value}`) }))} />
        </Form.Item>
        <Form.Item
          name="port"
          label={t("service_accounts.port.number")}
          rules={[
            { required: true, message: t("service_accounts.port.numberMissing") },
            { pattern: digits, message: t(type === 5 ? "service_accounts.port.numberFive" : "service_accounts.port.numberWrong") },
          ]}
        >
          <Input maxLength={MAX_DIGITS} inputMode="numeric" />
        </Form.Item>
        <Form.Item
          name="sign"
          label={t("service_accounts.port.sign")}
          extra={t("service_accounts.signsHint")}
          rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.signsMissing") }]}
        >
          <SignField />
        </Form.Item>
        {type === 1 && (
          <Form.Item name="sign_check" valuePropName="checked" extra={t("service_accounts.port.checkHint")}>
            <Checkbox>{t("service_accounts.port.check")}</Checkbox>
          </Form.Item>
        )}
        <Form.Item
          name="authorization_files"
          label={t("service_accounts.port.proof")}
          rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.port.proofMissing") }]}
        >
          <PictureField use="OTHER" max={MAX_PROOFS} hint={t("service_accounts.port.proofHint")} />
        </Form.Item>
      </ServerForm>
    </Drawer>
  );
}

interface BindValues {
  sign: string[];
  province?: string[];
  pub_id?: string;
}

function BindForm({ port, close }: { port: ChannelNumber; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const act = useAct();
  const { data: guide } = useGuide();
  const { data: accounts, isFetching } = useEffectiveAccounts();
  const facts = [
    { key: "company", label: t("service_accounts.company"), children: guide?.company ?? "" },
    { key: "port", label: t("service_accounts.port.number"), children: <span className="mono">{port.port}</span> },
    { key: "type", label: t("service_accounts.port.type"), children: t(`service_accounts.port.typeName.${port.port_type}`) },
  ];
  return (
    <>
      <Descriptions column={1} size="small" bordered items={facts} style={{ marginBottom: 16 }} />
      <ServerForm<BindValues>
        name="bind-number"
        guard={false}
        initialValues={{ sign: port.sign, province: [COUNTRY] }}
        renamed={{ port: "sign", ext_port_id: "sign" }}
        submit={({ sign, province = [], pub_id = "" }) => act(() => acts.bind({ ext_port_id: port.port_id, port: port.port, sign, province, pub_id }))}
        onDone={() => {
          void message.success(t("service_accounts.port.bound"));
          close();
        }}
        submitText={t("service_accounts.port.bind")}
        cancel={close}
      >
        <Form.Item
          name="sign"
          label={t("service_accounts.port.sign")}
          rules={[{ required: true, type: "array", min: 1, message: t("service_accounts.signsMissing") }]}
        >
          <SignField among={port.sign} />
        </Form.Item>
        <Form.Item name="province" label={t("service_accounts.areas")} extra={t("service_accounts.port.areasHint")}>
          <AreaField />
        </Form.Item>
        <Form.Item
          name="pub_id"
          label={t("service_accounts.account.name")}
          extra={<Link to="/service-accounts">{t("service_accounts.goAdd")}</Link>}
          rules={[{ required: true, message: t("service_accounts.port.accountMissing") }]}
        >
          <Select
            loading={isFetching}
            placeholder={t("service_accounts.choose")}
            notFoundContent={t("service_accounts.port.noAccounts")}
            options={accounts?.items.map((row) => ({ value: row.pub_id, label: row.remark === "" ? row.name : `${row.name} (${row.remark})` }))}
          />
        </Form.Item>
      </ServerForm>
    </>
  );
}

/** 绑定: which account the number's messages show, and where. */
export function BindDrawer({ port, close }: { port: ChannelNumber | null; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer open={port !== null} onClose={close} title={t("service_accounts.port.bindTitle")} size={560} destroyOnHidden mask={{ closable: false }}>
      {port !== null && <BindForm key={port.port_id} port={port} close={close} />}
    </Drawer>
  );
}

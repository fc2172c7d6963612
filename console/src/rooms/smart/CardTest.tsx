import { Alert, Button, Col, Form, Modal, Row, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useProblemText } from "@/kit/Trouble";
import { useContent, useSendables } from "@/rooms/campaigns/send/queries";
import { TestDone, TestForm } from "@/rooms/campaigns/send/TestSend";
import type { SendTask } from "@/rooms/campaigns/sendTask";
import { CardPhone } from "@/rooms/smart/CardPhone";
import type { CardTemplate } from "@/rooms/smart/queries";

/** What goes around the card: the text of an SMS template, in which its link stands. */
function Chooser({ template, done }: { template: CardTemplate; done: (task: SendTask) => void }) {
  const { t } = useTranslation();
  const textOf = useProblemText();
  const { data, isPending, error: unlisted } = useSendables();
  const [phones, setPhones] = useState([""]);
  const [sms, setSms] = useState<string | undefined>(undefined);
  const { data: content, error: unread } = useContent(template.tpl_id, sms, undefined);
  const error = unlisted ?? unread;
  const options = (data?.items ?? []).map((row) => ({ value: row.template_id, label: `【${row.signature_name}】${row.template_name}` }));
  return (
    <>
      <Form layout="vertical" component="div">
        <Form.Item label={t("campaigns.send.sms")} htmlFor="card-test-sms" required extra={<Link to="/sms-templates">{t("campaigns.send.addNow")}</Link>}>
          <Select id="card-test-sms" loading={isPending} placeholder={t("campaigns.send.smsChoose")} options={options} value={sms} onChange={setSms} />
        </Form.Item>
      </Form>
      {error !== null && <Alert type="error" showIcon title={textOf(error)} />}
      {sms !== undefined && error === null && content === undefined && <Skeleton active />}
      {sms !== undefined && content !== undefined && (
        <TestForm key={sms} phones={phones} onPhones={setPhones} values={{ name: template.tpl_name, card_template_id: template.tpl_id, sms_template_id: sms }} done={done} />
      )}
    </>
  );
}

/** 测试发送: a template as it will arrive, to a few own numbers. */
export function CardTest({ template }: { template: CardTemplate }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [task, setTask] = useState<SendTask | null>(null);
  return (
    <>
      <Button
        type="link"
        size="small"
        onClick={() => {
          setTask(null);
          setOpen(true);
        }}
      >
        {t("campaigns.send.test")}
      </Button>
      <Modal open={isOpen} title={t("campaigns.send.testOf", { name: template.tpl_name })} width={960} footer={null} destroyOnHidden onCancel={() => setOpen(false)}>
        <Row gutter={24}>
          <Col xs={24} md={10}>
            <CardPhone tplId={template.tpl_id} vendors={template.vendors} />
          </Col>
          <Col xs={24} md={14}>
            {task === null ? <Chooser template={template} done={setTask} /> : <TestDone task={task} />}
          </Col>
        </Row>
      </Modal>
    </>
  );
}

import { Button, DatePicker, Form, Input, Select, Space } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";

import { type Change, readChoices, readDay } from "@/kit/filters";
import { TASK_STATES, type TaskState } from "@/rooms/campaigns/sendTask";

interface Wanted {
  name?: string;
  state?: TaskState[];
  days?: [dayjs.Dayjs | null, dayjs.Dayjs | null] | null;
}

const DAY = "YYYY-MM-DD";
const NAME_CHARS = 30;

/** Filters of the list; they are applied to the URL, which the list reads. */
export function TaskFilters({ params, change }: { params: URLSearchParams; change: (change: Change) => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Wanted>();
  const from = readDay(params, "from");
  const to = readDay(params, "to");
  const initial: Wanted = {
    name: params.get("name") ?? "",
    state: readChoices(params, "state", TASK_STATES),
    days: [from === undefined ? null : dayjs(from), to === undefined ? null : dayjs(to)],
  };
  const apply = (wanted: Wanted) =>
    change({
      name: wanted.name?.trim(),
      state: wanted.state,
      from: wanted.days?.[0]?.format(DAY),
      to: wanted.days?.[1]?.format(DAY),
    });
  return (
    <Form<Wanted>
      // Another URL, another form: Back fills in what was asked then.
      key={params.toString()}
      form={form}
      name="send-tasks"
      layout="inline"
      colon={false}
      initialValues={initial}
      onFinish={apply}
      style={{ rowGap: 12 }}
      role="search"
    >
      <Form.Item name="name" label={t("task.name")}>
        <Input allowClear placeholder={t("task.namePlaceholder")} maxLength={NAME_CHARS} style={{ width: 160 }} />
      </Form.Item>
      <Form.Item name="state" label={t("task.state")}>
        <Select<TaskState[]>
          mode="multiple"
          allowClear
          maxTagCount="responsive"
          placeholder={t("list.all")}
          style={{ width: 170 }}
          options={TASK_STATES.map((state) => ({ value: state, label: t(`taskState.${state}`) }))}
        />
      </Form.Item>
      <Form.Item name="days" label={t("task.created")}>
        <DatePicker.RangePicker allowEmpty={[true, true]} placeholder={[t("list.from"), t("list.to")]} style={{ width: 240 }} />
      </Form.Item>
      <Space>
        <Button type="primary" htmlType="submit">
          {t("list.query")}
        </Button>
        <Button onClick={() => change({ name: "", state: [], from: "", to: "" })}>{t("list.reset")}</Button>
      </Space>
    </Form>
  );
}

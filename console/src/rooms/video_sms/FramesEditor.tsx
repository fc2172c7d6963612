import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, FileImageOutlined, FontSizeOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Card, Form, Input, Progress, Space, Tag } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { formatBytes } from "@/kit/files";
import { UploadField } from "@/kit/UploadField";
import {
  type ElementValues,
  type FrameValues,
  MAX_FRAMES,
  MAX_MEDIUM_BYTES,
  MAX_RESOURCES,
  MAX_TOTAL_BYTES,
  mayDouble,
  MEDIUM_TYPES,
  nextParam,
  paramsIn,
  type TemplateValues,
  totalBytes,
} from "@/rooms/video_sms/frames";

interface MoveProps {
  /** What is moved, as it is spoken of. */
  what: string;
  at: number;
  count: number;
  move: (from: number, to: number) => void;
  remove: (at: number) => void;
  /** The last one stays. */
  isOnly: boolean;
}

function Order({ what, at, count, move, remove, isOnly }: MoveProps) {
  const { t } = useTranslation();
  return (
    <Space size={0}>
      <Button type="text" size="small" icon={<ArrowUpOutlined aria-hidden />} disabled={at === 0} aria-label={t("video_sms.template.up", { what })} onClick={() => move(at, at - 1)} />
      <Button type="text" size="small" icon={<ArrowDownOutlined aria-hidden />} disabled={at === count - 1} aria-label={t("video_sms.template.down", { what })} onClick={() => move(at, at + 1)} />
      <Button type="text" size="small" danger icon={<DeleteOutlined aria-hidden />} disabled={isOnly} aria-label={t("video_sms.template.remove", { what })} onClick={() => remove(at)} />
    </Space>
  );
}

interface ElementFieldProps {
  /** Its place in the list of the frame's elements. */
  name: number;
  frame: number;
}

function TextElement({ name, frame }: ElementFieldProps) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<TemplateValues>();
  const label = t("video_sms.template.textOf", { frame: frame + 1, number: name + 1 });
  function insert(): void {
    const frames = form.getFieldValue("frames") as FrameValues[];
    const path: ["frames", number, "elements", number, "text"] = ["frames", frame, "elements", name, "text"];
    const text = (form.getFieldValue(path) as string | undefined) ?? "";
    form.setFieldValue(path, text + nextParam(frames));
  }
  return (
    <>
      <Form.Item
        name={[name, "text"]}
        label={label}
        rules={[{ required: true, whitespace: true, message: t("video_sms.template.textMissing") }]}
        style={{ marginBottom: 4 }}
      >
        <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} maxLength={2000} showCount />
      </Form.Item>
      <Button type="link" size="small" icon={<PlusOutlined aria-hidden />} onClick={insert} style={{ padding: 0, marginBottom: 8 }}>
        {t("video_sms.template.insert")}
      </Button>
    </>
  );
}

function MediumElement({ name, frame }: ElementFieldProps) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={[name, "file"]}
      label={t("video_sms.template.mediumOf", { frame: frame + 1, number: name + 1 })}
      rules={[{ required: true, type: "array", min: 1, message: t("video_sms.template.mediumMissing") }]}
    >
      <UploadField types={MEDIUM_TYPES} maxBytes={MAX_MEDIUM_BYTES} hint={t("video_sms.template.mediumHint")} />
    </Form.Item>
  );
}

function Frame({ frame, frames }: { frame: number; frames: readonly FrameValues[] }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<TemplateValues>();
  const elements: readonly ElementValues[] = frames[frame]?.elements ?? [];
  const hasRoom = mayDouble(frames, frame);
  return (
    <Form.List name={[frame, "elements"]}>
      {(fields, { add, remove, move }, { errors }) => (
        <>
          <Form.ErrorList errors={errors} />
          {fields.map(({ key, name }) => {
            // As it is now: what is watched is one drawing late, and a field that changes its kind for it loses its file.
            const isText = form.getFieldValue(["frames", frame, "elements", name, "kind"]) !== "medium";
            const what = t("video_sms.template.element", { frame: frame + 1, number: name + 1 });
            return (
              <div key={key} className="video-element">
                {/* Forms watch and send what has a field: also what an element is. */}
                <Form.Item name={[name, "kind"]} hidden>
                  <Input />
                </Form.Item>
                <header>
                  <Tag>{t(isText ? "video_sms.template.text" : "video_sms.template.medium")}</Tag>
                  <Order what={what} at={name} count={fields.length} move={move} remove={remove} isOnly={fields.length === 1} />
                </header>
                {isText ? (
                  <TextElement name={name} frame={frame} />
                ) : (
                  <MediumElement name={name} frame={frame} />
                )}
              </div>
            );
          })}
          <Space wrap>
            <Button size="small" icon={<FontSizeOutlined aria-hidden />} disabled={!hasRoom} onClick={() => add({ kind: "text" })}>
              {t("video_sms.template.addText")}
            </Button>
            <Button
              size="small"
              icon={<FileImageOutlined aria-hidden />}
              // A frame of two elements needs a text.
              disabled={!hasRoom || elements.every(({ kind }) => kind === "medium")}
              onClick={() => add({ kind: "medium" })}
            >
              {t("video_sms.template.addMedium")}
            </Button>
          </Space>
        </>
      )}
    </Form.List>
  );
}

/** 帧: what is shown one after the other; order, texts with parameters, media. */
export function FramesEditor({ onFrames }: { onFrames: (frames: FrameValues[]) => void }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<TemplateValues>();
  // Nothing is watched before the form has drawn its fields.
  const watched = Form.useWatch("frames", form) as FrameValues[] | undefined;
  const frames = watched ?? [];
  // Parameters are put in without anybody typing, which forms tell to nobody but watchers.
  useEffect(() => {
    if (watched !== undefined) {
      onFrames(watched);
    }
  }, [watched, onFrames]);
  const signature = (Form.useWatch("signature", form) as string | undefined) ?? "";
  const bytes = totalBytes(frames, signature);
  const resources = frames.reduce((sum, frame) => sum + frame.elements.length, 0);
  const params = paramsIn(frames);
  const isFull = frames.length >= MAX_FRAMES || resources >= MAX_RESOURCES;
  const isTooLarge = bytes > MAX_TOTAL_BYTES;
  return (
    <div className="video-frames">
      <div>
        <Progress
          percent={Math.min(100, Math.round((bytes / MAX_TOTAL_BYTES) * 100))}
          size="small"
          status={isTooLarge ? "exception" : "normal"}
          format={() => `${formatBytes(bytes)} / 1.9 MB`}
          aria-label={t("video_sms.template.size")}
        />
        {isTooLarge && <Alert type="error" showIcon title={t("video_sms.template.tooLarge")} />}
        {params.length > 0 && <p className="faint">{t("video_sms.template.params", { params: params.map((name) => `#${name}#`).join(" ") })}</p>}
      </div>
      <Form.List name="frames">
        {(fields, { add, remove, move }, { errors }) => (
          <>
            <Form.ErrorList errors={errors} />
            {fields.map(({ key, name }) => {
              const what = t("video_sms.template.frame", { number: name + 1 });
              return (
                <Card
                  key={key}
                  size="small"
                  title={what}
                  data-frame={name + 1}
                  extra={<Order what={what} at={name} count={fields.length} move={move} remove={remove} isOnly={fields.length === 1} />}
                >
                  <Frame frame={name} frames={frames} />
                </Card>
              );
            })}
            <Space wrap>
              <Button icon={<FontSizeOutlined aria-hidden />} disabled={isFull} onClick={() => add({ elements: [{ kind: "text" }] })}>
                {t("video_sms.template.addTextFrame")}
              </Button>
              <Button icon={<FileImageOutlined aria-hidden />} disabled={isFull} onClick={() => add({ elements: [{ kind: "medium" }] })}>
                {t("video_sms.template.addMediumFrame")}
              </Button>
            </Space>
          </>
        )}
      </Form.List>
    </div>
  );
}

import "@/rooms/video_sms/video.css";

import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { type FrameValues, type MediumKind, mediumKind } from "@/rooms/video_sms/frames";
import { mediumUrl, type VideoTemplateDetail } from "@/rooms/video_sms/queries";

export interface ShownElement {
  key: string;
  text?: string;
  medium?: { kind: MediumKind; url: string; name: string };
}

/** Media of a file that is not sent yet, shown from memory. */
function useObjectUrl(file: File | undefined, known: string | undefined): string | undefined {
  const made = useMemo(() => (file === undefined || known !== undefined ? undefined : URL.createObjectURL(file)), [file, known]);
  useEffect(() => () => (made === undefined ? undefined : URL.revokeObjectURL(made)), [made]);
  return known ?? made;
}

/* eslint-disable jsx-a11y/media-has-caption -- what customers hand in has no captions */
function Medium({ kind, url, name }: { kind: MediumKind; url: string; name: string }) {
  switch (kind) {
    case "image":
      return <img src={url} alt={name} />;
    case "audio":
      return <audio controls preload="metadata" src={url} aria-label={name} />;
    case "video":
      return <video controls playsInline preload="metadata" src={url} aria-label={name} />;
  }
}
/* eslint-enable jsx-a11y/media-has-caption */

function HeldMedium({ file, url, name }: { file: File | undefined; url: string | undefined; name: string }) {
  const shown = useObjectUrl(file, url);
  return shown === undefined ? null : <Medium kind={mediumKind(name)} url={shown} name={name} />;
}

interface Frame {
  key: string;
  elements: { key: string; text?: string; name?: string; url?: string; file?: File }[];
}

function Phone({ title, frames }: { title: string; frames: readonly Frame[] }) {
  const { t } = useTranslation();
  const filled = frames.filter(({ elements }) => elements.some(({ text, name }) => (text ?? "") !== "" || name !== undefined));
  return (
    <section className="phone-preview" aria-label={t("kit.phone.label")}>
      <div className="phone">
        <div className="phone-ear" />
        <div className="phone-screen">
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls it */}
          <div className="video-phone" tabIndex={0} role="group" aria-label={t("video_sms.template.frames")}>
            {title !== "" && <h3>{title}</h3>}
            {filled.length === 0 && <p className="phone-nothing">{t("video_sms.template.previewNothing")}</p>}
            {filled.map(({ key, elements }, index) => (
              <div key={key} className="video-frame">
                <small>{t("video_sms.template.frame", { number: index + 1 })}</small>
                {elements.map(({ key: at, text, name, url, file }) =>
                  name !== undefined ? <HeldMedium key={at} file={file} url={url} name={name} /> : <p key={at}>{text}</p>,
                )}
              </div>
            ))}
          </div>
        </div>
      </div>
    </section>
  );
}

/** What a phone will show of a form's frames. */
export function DraftPhone({ title = "", signature = "", frames }: { title?: string; signature?: string; frames: readonly FrameValues[] }) {
  let isSigned = false;
  const shown = frames.map(({ elements }, frame) => ({
    key: String(frame),
    elements: elements.map(({ kind, text = "", file }, index) => {
      const medium = kind === "medium" ? file?.[0] : undefined;
      const isFirst = kind === "text" && !isSigned && text.trim() !== "";
      isSigned ||= isFirst;
      const key = `${index}-${medium?.id ?? ""}`;
      return medium === undefined
        ? { key, text: isFirst && signature !== "" ? `【${signature}】${text}` : text }
        : { key, name: medium.name, url: medium.url, file: medium.file };
    }),
  }));
  return <Phone title={title} frames={shown} />;
}

/** What a phone shows of a template. */
export function TemplatePhone({ detail, mediumOf = mediumUrl }: { detail: VideoTemplateDetail; mediumOf?: typeof mediumUrl }) {
  const { tpl_id: tplId, title } = detail.template;
  const frames: Frame[] = [];
  for (const element of detail.elements) {
    const frame = (frames[element.frame - 1] ??= { key: String(element.frame), elements: [] });
    const key = String(element.number);
    frame.elements.push(
      element.text === null ? { key, name: element.name, url: mediumOf(tplId, element.number) } : { key, text: element.text },
    );
  }
  return <Phone title={title} frames={frames} />;
}

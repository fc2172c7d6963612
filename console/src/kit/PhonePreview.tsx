import { Segmented } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

type View = "card" | "text";

interface PhonePreviewProps {
  /** The number that the message comes from. */
  sender?: string;
  /** Without brackets. */
  signature?: string;
  /** The text of the SMS without its signature; links in it show as such when {@link link} says which. */
  text?: string;
  link?: string;
  /** What a phone that can show cards makes of the link. */
  card?: ReactNode;
  /** Below the message, such as a strip of keys. */
  below?: ReactNode;
  /** At the bottom, such as a service account's menu. */
  menu?: ReactNode;
  /** Which of both shows first. */
  first?: View;
  /** 1 is a screen of 300 px. */
  scale?: number;
}

function Bubble({ signature, text = "", link }: Pick<PhonePreviewProps, "signature" | "text" | "link">) {
  const { t } = useTranslation();
  if (text === "" && signature === undefined) {
    return <p className="phone-nothing">{t("kit.phone.noText")}</p>;
  }
  const at = link === undefined || link === "" ? -1 : text.indexOf(link);
  return (
    <div className="phone-bubble">
      {signature !== undefined && signature !== "" && `【${signature}】`}
      {at < 0 ? text : text.slice(0, at)}
      {at >= 0 && <span className="phone-link">{link}</span>}
      {at >= 0 && text.slice(at + (link ?? "").length)}
    </div>
  );
}

/** A phone of no brand with a message as it arrives: its text, or the card that stands for it. */
export function PhonePreview({ sender, signature, text, link, card, below, menu, first = "card", scale = 1 }: PhonePreviewProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<View>(first);
  const hasCard = card !== undefined && card !== null;
  const view = hasCard ? chosen : "text";
  return (
    <section className="phone-preview" aria-label={t("kit.phone.label")}>
      {hasCard && (
        <Segmented<View>
          value={view}
          aria-label={t("kit.phone.view")}
          options={[
            { value: "card", label: t("kit.phone.showCard") },
            { value: "text", label: t("kit.phone.showText") },
          ]}
          onChange={setChosen}
        />
      )}
      <div className="phone" style={{ zoom: scale }} data-view={view}>
        <div className="phone-ear" />
        <div className="phone-screen">
          {sender !== undefined && <div className="phone-sender">{sender}</div>}
          <div className="phone-thread">
            {view === "card" ? <div className="phone-card">{card}</div> : <Bubble signature={signature} text={text} link={link} />}
            {below}
          </div>
          {menu !== undefined && <div className="phone-menu">{menu}</div>}
        </div>
      </div>
    </section>
  );
}

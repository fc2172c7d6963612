import { Modal } from "antd";
import { useTranslation } from "react-i18next";

const KEYS = ["j", "k", "a", "r", "b", "c", "1", "?"] as const;

/** Which keys do what. */
export function KeyHelp({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={isOpen} title={t("reviews.keys.title")} onCancel={close} footer={null}>
      <dl className="review-keys">
        {KEYS.map((key) => (
          <div key={key}>
            <dt>
              <kbd>{key === "1" ? t("reviews.keys.digits") : key}</kbd>
            </dt>
            <dd>{t(`reviews.keys.${key}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

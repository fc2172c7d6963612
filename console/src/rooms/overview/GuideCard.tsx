import { Card, Segmented, Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { formatTime } from "@/kit/format";
import { StateTag, type Tone } from "@/kit/StateTag";
import { useSignedIn } from "@/rooms/identity/session";
import { useLinkTo } from "@/rooms/overview/links";
import type { Guide, Step, StepState } from "@/rooms/overview/queries";
import { isKnown } from "@/rooms/overview/services";
import { doneOf, isStep, markOf, pathOf } from "@/rooms/overview/steps";

const TONES: Record<StepState, Tone> = { done: "good", next: "busy", waiting: "unclear", refused: "bad", later: "left" };

function StepText({ guide, step }: { guide: string; step: Step }) {
  const { t } = useTranslation();
  const { zone } = useSignedIn();
  const linkTo = useLinkTo();
  const path = linkTo(pathOf(guide, step.key));
  const isOpen = step.state === "next" || step.state === "refused";
  return (
    <div data-step={step.key} data-state={step.state}>
      {isStep(step.key) && <div className="faint">{t(`overview.stepNote.${step.key}`)}</div>}
      {step.since !== null && <div className="faint">{t("overview.since", { at: formatTime(step.since, zone) })}</div>}
      {step.due_at !== null && <div className="faint">{t("overview.due", { at: formatTime(step.due_at, zone) })}</div>}
      {path !== undefined && isOpen && (
        <Link to={path}>{t(step.state === "refused" ? "overview.goRefused" : "overview.go")}</Link>
      )}
    </div>
  );
}

function useStepTitle(): (guide: string, step: Step) => string {
  const { t } = useTranslation();
  return (guide, { key }) => {
    if (guide === "basic" && key === "send") {
      return t("overview.sendBasic");
    }
    return isStep(key) ? t(`overview.step.${key}`) : key;
  };
}

/** 流程指引: how far this company has come on each of the three ways, and where it goes on. */
export function GuideCard({ guides }: { guides: readonly Guide[] }) {
  const { t } = useTranslation();
  const titleOf = useStepTitle();
  const linkTo = useLinkTo();
  const [chosen, setChosen] = useState("smart");
  const guide = guides.find((one) => one.key === chosen) ?? guides[0];
  if (guide === undefined) {
    return null;
  }
  const nameOf = (key: string) =>
    isKnown(key) && key !== "sms" ? t(`overview.guideOf.${key}`) : key;
  const done = doneOf(guide);
  return (
    <Card
      title={t("overview.guide")}
      extra={
        <Segmented
          aria-label={t("overview.guide")}
          value={guide.key}
          onChange={setChosen}
          options={guides.map(({ key }) => ({ value: key, label: nameOf(key) }))}
        />
      }
      data-guide={guide.key}
    >
      <p className="faint" style={{ marginTop: 0 }}>
        {done === guide.steps.length
          ? t("overview.guideDone")
          : t("overview.guideProgress", { done, all: guide.steps.length })}
      </p>
      <Steps
        responsive
        size="small"
        items={guide.steps.map((step) => {
          const path = linkTo(pathOf(guide.key, step.key));
          const title = titleOf(guide.key, step);
          return {
            key: step.key,
            status: markOf(step.state),
            title: (
              <>
                {path === undefined || step.state === "later" ? title : <Link to={path}>{title}</Link>}{" "}
                <StateTag state={step.state} tone={TONES[step.state]} text={t(`overview.stepState.${step.state}`)} />
              </>
            ),
            content: <StepText guide={guide.key} step={step} />,
          };
        })}
      />
    </Card>
  );
}

import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useLinkTo } from "@/rooms/overview/links";
import { useGuides, useHasFiledLinks } from "@/rooms/overview/queries";
import { type FormKey, isStep, missingStep, wayOf } from "@/rooms/overview/steps";

/** Above a form: what has to be done before it is of use, with the way there. Nothing while nobody knows. */
export function MissingStep({ form }: { form: FormKey }) {
  const { t } = useTranslation();
  const linkTo = useLinkTo();
  const step = missingStep(useGuides() ?? [], form);
  const hasFiledLinks = useHasFiledLinks(form === "links" && step !== undefined);
  if (step === undefined || !isStep(step.key) || (form === "links" && hasFiledLinks !== false)) {
    return null;
  }
  const state = step.state === "waiting" || step.state === "refused" ? step.state : "next";
  const path = linkTo(wayOf(form, step.key));
  return (
    <Alert
      type={state === "refused" ? "warning" : "info"}
      showIcon
      data-missing={step.key}
      title={t(`overview.missing.${state}`, { step: t(`overview.step.${step.key}`) })}
      description={t(`overview.stepNote.${step.key}`)}
      action={path !== undefined && <Link to={path}>{t(`overview.missing.${state}Way`)}</Link>}
    />
  );
}

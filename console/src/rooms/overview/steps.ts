/** Where each step of a guide is done, and the guide that is shown first. */
import type { Guide, Step, StepState } from "@/rooms/overview/queries";

const PATHS: Readonly<Record<string, string>> = {
  "smart.open": "/services",
  "smart.filing": "/filings/smart_send",
  "smart.app": "/sms-apps",
  "smart.signature": "/sms-signatures",
  "smart.template": "/sms-templates",
  "smart.send": "/send-tasks/new",
  "service_accounts.open": "/services",
  "service_accounts.filing": "/filings/service_account",
  "service_accounts.account": "/service-accounts",
  "service_accounts.port": "/channel-numbers",
  "service_accounts.bind": "/channel-numbers",
  "basic.open": "/services",
  "basic.filing": "/filings/basic",
  "basic.send": "/video-tasks",
};

/** The page of a step. */
export function pathOf(guide: string, step: string): string | undefined {
  return PATHS[`${guide}.${step}`];
}

const STEP_KEYS = ["open", "filing", "app", "signature", "template", "send", "account", "port", "bind"] as const;
export type StepKey = (typeof STEP_KEYS)[number];

/** Is it a step that the catalogue names? */
export function isStep(key: string): key is StepKey {
  return STEP_KEYS.some((known) => known === key);
}

export function doneOf(guide: Guide): number {
  return guide.steps.filter((step) => step.state === "done").length;
}

/** The step's mark in a list of steps. */
export function markOf(state: StepState): "finish" | "process" | "error" | "wait" {
  switch (state) {
    case "done":
      return "finish";
    case "next":
    case "waiting":
      return "process";
    case "refused":
      return "error";
    case "later":
      return "wait";
  }
}

/** Forms that are of no use before some steps of a guide are done. */
const FORMS = {
  send: { guide: "smart", needs: ["filing", "app", "signature", "template"] },
  links: { guide: "smart", needs: ["filing"] },
  video: { guide: "basic", needs: ["filing"] },
} as const satisfies Record<string, { guide: string; needs: readonly StepKey[] }>;
export type FormKey = keyof typeof FORMS;

/** The first step that is still to be done before a form can be sent. */
export function missingStep(guides: readonly Guide[], form: FormKey): Step | undefined {
  const { guide, needs } = FORMS[form];
  const steps = guides.find(({ key }) => key === guide)?.steps ?? [];
  return steps.find(({ key, state }) => state !== "done" && needs.some((need) => need === key));
}

/** Where a form's missing step is done. Links can be filed for in two ways, so all filings are shown. */
export function wayOf(form: FormKey, step: string): string | undefined {
  return form === "links" ? "/filings" : pathOf(FORMS[form].guide, step);
}

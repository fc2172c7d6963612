/** The way to the first smart message: which steps are done. */
import { useQuery } from "@tanstack/react-query";

import { api, bodyOf } from "@/client/api";

export const STEPS = ["Filing", "App", "Signature", "Template", "Send"] as const;
export type Step = (typeof STEPS)[number];

interface Known {
  isFiled: boolean;
  /** Templates that can be sent: each has a usable signature and app. */
  sendable: number;
  tasks: number;
}

/** Return how many steps are done, from the first on. */
export function stepsDone({ isFiled, sendable, tasks }: Known): number {
  if (!isFiled) {
    return 0;
  }
  if (sendable === 0) {
    return 1;
  }
  return tasks === 0 ? STEPS.length - 1 : STEPS.length;
}

export function useGuide() {
  const filings = useQuery({ queryKey: ["filings"], queryFn: () => bodyOf(api.GET("/console/api/filings")) });
  const sendable = useQuery({ queryKey: ["sendable"], queryFn: () => bodyOf(api.GET("/console/api/sms/sendable")) });
  const smart = filings.data?.items.find((filing) => filing.scene === "smart_send");
  return {
    isKnown: !filings.isPending && !sendable.isPending,
    isFiled: smart?.state === "approved",
    sendable: sendable.data?.items.length ?? 0,
  };
}

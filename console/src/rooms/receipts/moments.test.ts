import { describe, expect, it } from "vitest";

import { type Life, momentsOf } from "@/rooms/receipts/moments";

const LIFE: Life = {
  message_id: 7,
  tenant_id: "t",
  task_id: "k",
  batch_id: 1,
  recipient_no: 3,
  kind: "sms",
  klass: "notice",
  phone_masked: "138****0000",
  text: "您好",
  parts_planned: 2,
  state: "failed",
  carrier_code: "MK:0012",
  account_id: 4,
  signature_id: "s",
  template_id: "m",
  planned_at: "2026-11-23T08:00:00Z",
  expires_at: "2026-11-24T08:00:00Z",
  submitted_at: "2026-11-23T08:00:02Z",
  final_at: "2026-11-23T08:00:09Z",
  spans: [
    { span_id: 1, account_id: 4, carrier: "any", epoch: 1, opened_at: "2026-11-23T08:00:01Z", closed_at: "2026-11-23T08:00:02Z" },
    { span_id: 2, account_id: 4, carrier: "any", epoch: 2, opened_at: "2026-11-23T08:00:05Z", closed_at: null },
  ],
  parts: [
    {
      part_no: 1,
      account_id: 4,
      carrier_msg_id: "900",
      carrier_ref: null,
      result: 0,
      meaning: null,
      text: "您",
      at: "2026-11-23T08:00:02Z",
      reports: [{ stat: "MK:0012", submit_time: "2611231600", done_time: "2611231601", received_at: "2026-11-23T08:00:09Z", meaning: { zh: "拒收", en: "refused" } }],
    },
    { part_no: 2, account_id: 4, carrier_msg_id: "0", carrier_ref: "ref", result: 8, meaning: { zh: "流量控制", en: "slow down" }, text: "好", at: "2026-11-23T08:00:02Z", reports: [] },
  ],
  way: null,
  doubts: [{ account_id: 4, reason: "no_answer", since: "2026-11-23T08:00:03Z", resent_at: "2026-11-23T08:00:04Z", ordered_by: null }],
};

describe("momentsOf", () => {
  it("tells everything in the order in which it happened", () => {
    expect(momentsOf(LIFE).map(({ what }) => what)).toEqual([
      "planned",
      "opened",
      "taken",
      "refused",
      "closed",
      "doubted",
      "resent",
      "opened",
      "reported",
      "final",
    ]);
  });

  it("says what a part carried and what codes mean", () => {
    const [taken, refused] = momentsOf(LIFE).filter(({ what }) => what === "taken" || what === "refused");
    expect(taken).toMatchObject({ said: "您", meaning: null });
    expect(refused).toMatchObject({ said: "好", meaning: { zh: "流量控制" } });
    expect(momentsOf(LIFE).find(({ what }) => what === "reported")).toMatchObject({ meaning: { zh: "拒收" } });
  });

  it("names parts as carriers do, and takes 1000 of MM7 for taken", () => {
    const [first, second] = momentsOf({ ...LIFE, parts: LIFE.parts.map((part) => ({ ...part, result: part.part_no === 1 ? 1000 : 8 })) }).filter(
      (one) => one.what === "taken" || one.what === "refused",
    );
    expect(first).toMatchObject({ what: "taken", id: "900" });
    expect(second).toMatchObject({ what: "refused", id: "ref", result: 8 });
  });

  it("has no end where none was reached", () => {
    const moments = momentsOf({ ...LIFE, final_at: null, spans: [], parts: [], doubts: [] });
    expect(moments).toEqual([{ what: "planned", at: LIFE.planned_at, parts: 2 }]);
  });
});

import type { TFunction } from "i18next";
import { describe, expect, it } from "vitest";

import { momentsOf } from "./lifeMoments";
import type { Life, MessagePost } from "./queries";

/** The key with its values, so that what is said can be looked at. */
const t = ((key: string, values: Record<string, unknown> = {}) => [key.replace("campaigns.", ""), ...Object.values(values)].join(" ")) as unknown as TFunction;
const at = (minute: number) => `2026-11-23T07:0${minute}:00Z`;
const span = (carrier: string | null) => ({ span_id: 1, account_id: 7, carrier, epoch: 1, opened_at: at(1), closed_at: at(2) });
const life = (carrier: string | null) => ({ planned_at: at(0), parts_planned: 1, spans: [span(carrier)], parts: [], state: "delivered", final_at: at(3) }) as unknown as Life;
const post = (state: string, more: Partial<MessagePost> = {}) =>
  ({ post: { state, attempts: 2, created_at: at(4), done_at: state === "waiting" ? null : at(5) }, address_id: "a-1", callback_url: "https://x.cn/hook", ...more }) as MessagePost;
const told = (carrier: string | null, posts: MessagePost[]) => momentsOf({ life: life(carrier), cards: [], posts, taskId: "t-1" }, t, "zh-CN");

describe("a message's life", () => {
  it("names the carrier of a channel where it is one's", () => {
    expect(told("mobile", []).map(({ text }) => text)[1]).toBe("life.attemptedOf 7 carrier.mobile");
    expect(["any", null].map((carrier) => told(carrier, [])[1]?.text)).toEqual(["life.attempted 7", "life.attempted 7"]);
  });

  it("tells what each part carried, and what the carrier's codes mean", () => {
    const meaning = { zh: "号码不存在", en: "no such number" };
    const part = (no: number, result: number, more: object) => ({ part_no: no, account_id: 7, carrier_msg_id: "9", carrier_ref: null, result, text: `text ${no}`, meaning: null, at: at(2), reports: [], ...more });
    const reports = [{ stat: "UNDELIV", received_at: at(3), meaning }, { stat: "DELIVRD", received_at: at(3), meaning: null }];
    const long = { ...life("any"), parts_planned: 2, parts: [part(1, 0, { reports }), part(2, 5, { meaning })] } as unknown as Life;
    const notes = (language: string) => momentsOf({ life: long, cards: [], posts: [], taskId: "t-1" }, t, language).map(({ text, note }) => [text.split(" ")[0], note]);
    expect(notes("zh-CN").slice(2, 6)).toEqual([
      ["life.taken", "life.partText text 1"],
      ["life.refused", "号码不存在"],
      ["life.reported", "号码不存在"],
      ["life.reported", undefined],
    ]);
    expect(notes("en")[3]).toEqual(["life.refused", "no such number"]);
  });

  it("ends with the receipt's post, which leads to its address while there is one", () => {
    expect(told("mobile", [post("delivered")]).at(-1)).toEqual({
      at: at(5),
      text: "life.post.delivered 2",
      note: "https://x.cn/hook",
      to: "/callbacks/a-1?task=t-1",
      color: "green",
    });
    expect(told("mobile", [post("waiting")]).at(-1)).toMatchObject({ at: at(4), text: "life.post.waiting 2", color: undefined });
    expect(told("mobile", [post("dead", { address_id: null, callback_url: "" })]).at(-1)).toMatchObject({ note: "life.postGone", to: undefined, color: "red" });
  });
});

import { describe, expect, it } from "vitest";

import type { RoomPage } from "@/kit/roomPage";
import type { Session } from "@/rooms/identity/session";

import { BASE, heightOf, piecesOf, roundUp, shareOf } from "./chart";
import { type Day, type Guide, type Step, weekOf } from "./queries";
import { linkTo } from "./links";
import { type Account, mayOpen, newlyOpened } from "./services";
import { doneOf, markOf, missingStep, pathOf, wayOf } from "./steps";

const day = (values: Partial<Day>): Day => ({ day: "2026-11-22", sent: 0, ended: 0, delivered: 0, cards_sent: 0, cards: 0, ...values });

describe("weekOf", () => {
  it("sums up the days", () => {
    const days = [day({ sent: 9, ended: 6, delivered: 5 }), day({ sent: 1, cards_sent: 4, cards: 2 })];
    expect(weekOf(days)).toEqual({ sent: 10, ended: 6, delivered: 5, cardsSent: 4, cards: 2 });
  });
});

describe("charts", () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 5],
    [21, 50],
    [1000, 1000],
    [1001, 2000],
  ])("an axis for %d ends at %d", (most, top) => {
    expect(roundUp(most)).toBe(top);
  });

  it("draws no line through days without a value", () => {
    const pieces = piecesOf([0.5, null, 1, 0], 1);
    expect(pieces.map((piece) => piece.length)).toEqual([1, 2]);
    expect(pieces[1]?.map(({ y }) => y)).toEqual([BASE - heightOf(1, 1), BASE]);
  });

  it("has no share of nothing, and none above the whole", () => {
    expect([shareOf(0, 0), shareOf(1, 2), shareOf(3, 2)]).toEqual([null, 0.5, 1]);
  });
});

describe("guides", () => {
  it("count what is done and lead to the pages", () => {
    const step = { since: null, due_at: null };
    const guide = { key: "smart" as const, steps: [{ key: "open", state: "done" as const, ...step }, { key: "app", state: "next" as const, ...step }] };
    expect(doneOf(guide)).toBe(1);
    expect(pathOf("smart", "filing")).toBe("/filings/smart_send");
    expect(pathOf("smart", "unknown")).toBeUndefined();
    expect((["done", "next", "waiting", "refused", "later"] as const).map(markOf)).toEqual(["finish", "process", "process", "error", "wait"]);
  });
});

describe("what a form still needs", () => {
  const guide = (key: "smart" | "basic", states: Record<string, Step["state"]>): Guide => ({
    key,
    steps: Object.entries(states).map(([name, state]) => ({ key: name, state, since: null, due_at: null })),
  });
  const guides = [guide("smart", { open: "next", filing: "done", app: "done", signature: "waiting", template: "later", send: "later" }), guide("basic", { open: "done", filing: "refused" })];

  it("is the first step that is not done, of those that it cannot go without", () => {
    expect(missingStep(guides, "send")).toMatchObject({ key: "signature", state: "waiting" });
    expect(missingStep(guides, "links")).toBeUndefined();
    expect(missingStep(guides, "video")).toMatchObject({ key: "filing", state: "refused" });
    expect(missingStep([], "send")).toBeUndefined();
  });

  it("leads to the page of the step", () => {
    expect([wayOf("send", "signature"), wayOf("links", "filing"), wayOf("video", "filing")]).toEqual(["/sms-signatures", "/filings", "/filings/basic"]);
  });
});

describe("opening services", () => {
  const account = (open: string[], more: Partial<Account> = {}): Account => ({
    id: "1", legal_name: "鸿雁", short_name: "鸿雁", credit_code: "", domain_name: "goose", project_id: "",
    real_name: "verified", contact_email: "a@b.cn", zone: "Asia/Shanghai", language: "zh-CN",
    services: (["smart", "sms", "basic"] as const).map((service) => ({ service, opened: open.includes(service) })),
    ...more,
  });

  it("needs a verified name and an address", () => {
    expect([mayOpen(account([])), mayOpen(account([], { real_name: "none" })), mayOpen(account([], { contact_email: null }))]).toEqual([true, false, false]);
  });

  it("says what was opened with it", () => {
    expect(newlyOpened(account(["basic"]), account(["smart", "sms", "basic"]))).toEqual(["smart", "sms"]);
  });
});

describe("links", () => {
  const page = (path: string, isSeen: boolean): RoomPage => ({ path, may: () => isSeen, load: () => Promise.reject(new Error(path)) });
  const among = [page("send-tasks/:taskId", true), page("send-tasks/new", false), page("filings", true)];

  it("lead only to pages that are there and may be seen", () => {
    const paths = ["/send-tasks/7", "/send-tasks/new", "/filings", "/nowhere", undefined];
    expect(paths.map((path) => linkTo(path, {} as Session, among))).toEqual(["/send-tasks/7", undefined, "/filings", undefined, undefined]);
  });
});

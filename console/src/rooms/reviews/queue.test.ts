import { describe, expect, it } from "vitest";

import { chooseAlike, MAX_BULK, neighbours, readNeighbours, readQueue, stateOf } from "./queue";

const params = (text: string) => new URLSearchParams(text);
const TENANT = "00000000-0000-4000-8000-0000000000f1";

describe("readQueue", () => {
  it("asks for what waits when the URL says nothing", () => {
    expect(readQueue(params(""))).toMatchObject({ state: "pending", offset: 0, limit: 20 });
  });
  it("reads every filter and leaves out nonsense", () => {
    const asked = `state=all&kind=sms.signature&claim=mine&mark=urged&mark=overdue&tenant=${TENANT}&text=+a+&from=2026-11-01&to=2026-11-02&sort=-due_at&page=2`;
    expect(readQueue(params(asked))).toEqual({
      state: undefined,
      kind: "sms.signature",
      claim: "mine",
      urged: true,
      overdue: true,
      tenant_id: TENANT,
      text: "a",
      submitted_from: "2026-11-01",
      submitted_to: "2026-11-02",
      sort: "-due_at",
      offset: 20,
      limit: 20,
    });
    expect(readQueue(params("kind=moon&claim=yours&tenant=1&from=soon&text=+&sort=title"))).toMatchObject({
      sort: undefined,
      kind: undefined,
      claim: undefined,
      tenant_id: undefined,
      submitted_from: undefined,
      text: undefined,
    });
    expect(stateOf(params("state=gone"))).toBe("pending");
  });
  it("knows the neighbours of the whole queue, not of its page", () => {
    expect(readNeighbours(params("page=3&size=10"))).toMatchObject({ offset: 0, limit: 100 });
  });
});

describe("chooseAlike", () => {
  const rows = (...kinds: string[]) => kinds.map((kind, id) => ({ kind, id }));
  it("keeps the first kind of a mixed queue and says how many others there were", () => {
    const ticked = rows("filing", "template", "filing");
    expect(chooseAlike(ticked, [])).toEqual({ kept: [ticked[0], ticked[2]], left: 1 });
  });
  it("keeps the kind that was chosen before", () => {
    const ticked = rows("filing", "template");
    expect(chooseAlike(ticked, rows("template"))).toEqual({ kept: [ticked[1]], left: 1 });
    expect(chooseAlike(ticked, rows("signature")).kept).toEqual([ticked[0]]);
  });
  it("keeps no more than are decided at once", () => {
    const ticked = rows(...Array.from({ length: MAX_BULK + 3 }, () => "filing"));
    expect(chooseAlike(ticked, [])).toEqual({ kept: ticked.slice(0, MAX_BULK), left: 3 });
    expect(chooseAlike([], [])).toEqual({ kept: [], left: 0 });
  });
});

describe("neighbours", () => {
  it.each([
    ["a", undefined, "b"],
    ["b", "a", "c"],
    ["c", "b", undefined],
    ["gone", undefined, "a"],
  ])("of %s", (own, previous, next) => {
    expect(neighbours(["a", "b", "c"], own)).toEqual({ previous, next });
  });
});

import { describe, expect, it } from "vitest";

import { type LinkValues, wantedOf } from "./linkForm";

const VALUES: LinkValues = {
  name: " 会员日 ",
  card_template_id: "600000001",
  kind: "group",
  domain: "s.example.com",
  days: 30,
  signatures: ["鸿雁"],
  resolving_times: 500,
  custom_url: " https://example.com ",
  short_code: "abc",
};
const CHOSEN = { params: [], hasOwnCodes: false, heading: "客户标识" };

describe("wantedOf", () => {
  it("gives a group one link that is called after the task", () => {
    const wanted = wantedOf(VALUES, CHOSEN);
    expect(wanted.resolving_times).toBe(500);
    expect(wanted.rows).toEqual([{ cust_flag: "会员日", params: {}, custom_url: "https://example.com", short_code: "" }]);
  });

  it("takes the chosen code on a domain of such codes", () => {
    expect(wantedOf(VALUES, { ...CHOSEN, hasOwnCodes: true }).rows[0]).toMatchObject({ custom_url: "", short_code: "abc" });
  });

  it("leads rows that name no page to the one for all", () => {
    const wanted = wantedOf({ ...VALUES, kind: "individual", rows: "138,https://a.example.com\n139" }, CHOSEN);
    expect(wanted.rows.map((row) => row.custom_url)).toEqual(["https://a.example.com", "https://example.com"]);
    const chosen = wantedOf({ ...VALUES, kind: "individual", rows: "138,abc" }, { ...CHOSEN, hasOwnCodes: true });
    expect(chosen.rows.map((row) => row.custom_url)).toEqual([""]);
  });

  it("reads the rows of individual links, each resolved once", () => {
    const wanted = wantedOf({ ...VALUES, kind: "individual", rows: "138,王\n139,李" }, { ...CHOSEN, params: ["param1"] });
    expect(wanted.resolving_times).toBe(1);
    expect(wanted.rows.map((row) => row.params)).toEqual([{ param1: "王" }, { param1: "李" }]);
  });
});

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

  it("leaves the rows to a file where there is one", () => {
    const numbers = [{ id: "f1", name: "a.xlsx", size: 1 }];
    const filled: LinkValues = { ...VALUES, kind: "individual", source: "file", numbers, rows: "138,left from before" };
    expect(wantedOf(filled, CHOSEN)).toMatchObject({ rows: [], number_file_id: "f1", custom_url: "https://example.com" });
    expect(wantedOf(filled, { ...CHOSEN, hasOwnCodes: true }).custom_url).toBe("");
    expect(wantedOf({ ...filled, kind: "group" }, CHOSEN)).toMatchObject({ number_file_id: null, rows: [{ cust_flag: "会员日" }] });
    expect(wantedOf({ ...filled, source: "typed" }, CHOSEN).number_file_id).toBeNull();
  });

  it("reads the rows of individual links, each resolved once", () => {
    const wanted = wantedOf({ ...VALUES, kind: "individual", rows: "138,王\n139,李" }, { ...CHOSEN, params: ["param1"] });
    expect(wanted.resolving_times).toBe(1);
    expect(wanted.rows.map((row) => row.params)).toEqual([{ param1: "王" }, { param1: "李" }]);
  });
});

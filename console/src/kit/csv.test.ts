// @vitest-environment jsdom
import { describe, expect, it } from "vitest";

import { csvOf, textOf } from "./csv";

function cell(html: string): Element {
  const made = document.createElement("td");
  made.innerHTML = html;
  return made;
}

describe("csvOf", () => {
  it("quotes what would break a row, and keeps formulas texts", () => {
    const rows = [
      ["Name", 'a "quoted", one'],
      ["=1+1", "+86", "-2", "@x", "two\nlines"],
    ];
    expect(csvOf(rows)).toBe('\ufeffName,"a ""quoted"", one"\r\n\'=1+1,\'+86,\'-2,\'@x,"two\nlines"\r\n');
  });
});

describe("textOf", () => {
  it("says in one line what a cell shows, without pictures", () => {
    expect(textOf(cell("<span>Up</span><div>cmpp ·\n  mobile</div>"))).toBe("Up cmpp · mobile");
    expect(textOf(cell("<a href='/x'>one</a><span aria-hidden='true'>icon</span>"))).toBe("one");
  });
});

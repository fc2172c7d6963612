import { afterEach, describe, expect, it, vi } from "vitest";

import { copyOf, type FrameValues, mayDouble, mediumKind, moved, nextParam, paramsIn, totalBytes, withoutSignature } from "@/rooms/video_sms/frames";
import type { VideoTemplateDetail } from "@/rooms/video_sms/queries";

const text = (words: string) => ({ kind: "text" as const, text: words });
const frames: FrameValues[] = [{ elements: [text("您好 #p_2#")] }, { elements: [text("#p_1# 与 #p_2#")] }];

afterEach(() => vi.unstubAllGlobals());

describe("frames", () => {
  it("are not copied from an answer that is no picture", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ code: "kernel.not_found", title: "gone" }), { status: 404 })));
    const element = { frame: 1, number: 1, text: null, name: "a.jpg", content_type: "image/jpeg" };
    const detail = { template: { tpl_id: "1", signature: "鸿雁" }, elements: [element] } as unknown as VideoTemplateDetail;
    await expect(copyOf(detail)).rejects.toMatchObject({ status: 404 });
  });

  it("know their placeholders, each once", () => {
    expect(paramsIn(frames)).toEqual(["p_2", "p_1"]);
    expect(nextParam(frames)).toBe("#p_3#");
    expect(nextParam([])).toBe("#p_1#");
  });

  it("count octets as the service does", () => {
    const medium = { kind: "medium" as const, file: [{ id: "1", name: "a.jpg", size: 1000 }] };
    expect(totalBytes([{ elements: [medium, text("好")] }], "鸿雁")).toBe(1000 + 3 + 12);
  });

  it("move", () => {
    expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "c", "b"]);
  });

  it("let two of them have two elements", () => {
    const single = { elements: [text("a")] };
    const double = { elements: [text("a"), text("b")] };
    expect(mayDouble([double, single], 1)).toBe(true);
    expect(mayDouble([double, double, single], 2)).toBe(false);
    expect(mayDouble([double], 0)).toBe(false);
  });

  it("know media by their names, and texts without their signature", () => {
    expect(["a.JPG", "b.mp3", "c.3gp"].map(mediumKind)).toEqual(["image", "audio", "video"]);
    expect(withoutSignature("【鸿雁】您好", "鸿雁")).toBe("您好");
    expect(withoutSignature("您好", "鸿雁")).toBe("您好");
  });
});

import { describe, expect, it } from "vitest";
import { stopAtStrings, stopAtTokens, textStream } from "../../src/generation";
import { stopAfterTokens, stopAtAny, truncateAtStrings } from "../../src/generation/stopping";

const pieces = ["a", "b", "END", "EN", "D", "<", "eos", "é"];
const decode = (ids: number[]) => ids.map((id) => pieces[id]).join("");

describe("stopping criteria", () => {
  it("stop at an end token, and only when it is the newest", () => {
    const stop = stopAtTokens([6, 5]);
    expect(stop([0, 6])).toBe("eos");
    expect(stop([6, 0])).toBeUndefined();
    expect(stop([])).toBeUndefined();
  });

  it("stop after so many new tokens", () => {
    const stop = stopAfterTokens(2, 3);
    expect(stop([0, 0, 0, 0])).toBeUndefined();
    expect(stop([0, 0, 0, 0, 0])).toBe("length");
  });

  it("stop at a string inside a token, across tokens, but not in the prompt", () => {
    const stop = stopAtStrings(["END", "zz"], decode, 1);
    expect(stop([0, 2])).toBe("stop-string");
    expect(stop([0, 3, 4])).toBe("stop-string");
    expect(stop([2, 0])).toBeUndefined();
    expect(stop([3, 4])).toBeUndefined();
    expect(stop([2])).toBeUndefined();
    expect(stopAtStrings([], decode, 0)([2])).toBeUndefined();
  });

  it("decode only the newest tokens", () => {
    const lengths: number[] = [];
    const stop = stopAtStrings(
      ["END"],
      (ids) => {
        lengths.push(ids.length);
        return decode(ids);
      },
      0,
    );
    stop(new Int32Array(1000));
    expect(lengths[0]).toBeLessThan(20);
  });

  it("name the first reason of several", () => {
    const stop = stopAtAny([stopAtTokens([6]), stopAfterTokens(1, 0)]);
    expect(stop([6])).toBe("eos");
    expect(stop([0])).toBe("length");
    expect(stopAtAny([])([6])).toBeUndefined();
  });

  it("reject empty strings and numbers outside their range", () => {
    const error = expect.objectContaining({ code: "ERR_RANGE" });
    expect(() => stopAtStrings(["x", ""], decode, 0)).toThrow(error);
    expect(() => stopAfterTokens(-1, 0)).toThrow(error);
    expect(() => stopAtTokens([0.5])).toThrow(error);
  });
});

describe("truncateAtStrings", () => {
  it("cuts at the first occurrence of any string", () => {
    expect(truncateAtStrings("one END two zz", ["zz", "END"])).toBe("one ");
    expect(truncateAtStrings("one", ["zz"])).toBe("one");
    expect(truncateAtStrings("one", [])).toBe("one");
  });
});

describe("textStream", () => {
  const bytes = (ids: number[]) =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(ids));

  it("holds characters back until all their bytes are there, and loses nothing", () => {
    const text = "naïve 🙂 mixture";
    const stream = textStream(bytes);
    const parts = Array.from(new TextEncoder().encode(text), stream.push);
    expect(parts.join("") + stream.end()).toBe(text);
    expect(parts.some((part) => part.includes("\ufffd"))).toBe(false);
    expect(parts).toContain("🙂");
  });

  it("gives broken bytes as U+FFFD at the end, once", () => {
    const stream = textStream(bytes);
    expect(stream.push(0x61)).toBe("a");
    expect(stream.push(0xf0)).toBe("");
    expect(stream.end()).toBe("\ufffd");
    expect(stream.end()).toBe("");
  });

  it("keeps inner spaces where the decoder drops a leading one", () => {
    const words = [" once", " upon", " a"];
    const stream = textStream((ids) =>
      ids
        .map((id) => words[id])
        .join("")
        .replace(/^ /, ""),
    );
    expect([0, 1, 2].map(stream.push)).toEqual(["once", " upon", " a"]);
  });
});

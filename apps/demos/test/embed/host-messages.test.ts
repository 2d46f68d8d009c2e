import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAnswer, isHello, messageTo } from "../../src/embed/host-messages";

describe("messages between a page and the one that holds it", () => {
  it("ask for the height in one form alone", () => {
    expect(isHello({ type: "deepgrain-hello" })).toBe(true);
    expect(isHello({ type: "deepgrain-hello", more: 1 })).toBe(false);
    expect(isHello(Object.create({ type: "deepgrain-hello" }))).toBe(false);
    fc.assert(fc.property(fc.anything(), (data) => !isHello(data)));
  });

  it("say a whole height of one pixel at least, and the state", () => {
    expect(messageTo(10.2, "#a=1")).toEqual({
      type: "deepgrain-figure",
      height: 11,
      state: "#a=1",
    });
    expect(messageTo(0, "").height).toBe(1);
  });

  it("tell an answer in one form alone", () => {
    const answer = { step: 1, asks: "Why?", answer: "so", right: "", cameOut: "" };
    const message = { type: "deepgrain-answer", ...answer };
    expect(isAnswer(message)).toBe(true);
    const strange = [
      { ...message, step: 0 },
      { ...message, step: 21 },
      { ...message, step: 1.5 },
      { ...message, step: "1" },
      { ...message, asks: "" },
      { ...message, answer: 7 },
      { ...message, cameOut: "x".repeat(1001) },
      { ...message, more: "" },
      { ...message, type: "deepgrain-figure" },
      answer,
    ];
    for (const one of strange) expect(isAnswer(one)).toBe(false);
    fc.assert(fc.property(fc.anything(), (data) => !isAnswer(data)));
  });
});

import { describe, expect, it } from "vitest";
import { errorClass, problemOf } from "../../src";

class LmError extends errorClass("lm", ["ERR_RANGE"], "LmError") {}

describe("problemOf", () => {
  it("is a package's message without the place, and any other message as it is", () => {
    expect(problemOf(new LmError("ERR_RANGE", "train: steps must be at least 1"))).toBe(
      "steps must be at least 1",
    );
    expect(problemOf(new Error("lm/train: out of luck"))).toBe("lm/train: out of luck");
    expect(problemOf("a text")).toBe("a text");
    expect(problemOf(undefined)).toBe("undefined");
  });
});

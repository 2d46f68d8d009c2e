import { describe, expect, it } from "vitest";
import { LmError } from "../src/errors";

describe("LmError", () => {
  it("carries a code, the values and the cause", () => {
    const cause = new Error("inner");
    const error = new LmError("ERR_RANGE", "lm/test: k must be 1, got 2", { k: 2, cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "LmError", code: "ERR_RANGE", details: { k: 2 }, cause });
    expect("cause" in new LmError("ERR_IO", "without")).toBe(false);
  });

  it("is recognised across copies of the package, and nothing else is", () => {
    const fromAnotherCopy = { [Symbol.for("@deepgrain/lm/LmError")]: true };
    expect(LmError.isInstance(fromAnotherCopy)).toBe(true);
    expect(LmError.isInstance(new LmError("ERR_IO", ""))).toBe(true);
    for (const other of [new Error("x"), null, undefined, "LmError"])
      expect(LmError.isInstance(other)).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { MoeError } from "../src";

describe("MoeError", () => {
  it("keeps its code, values and cause", () => {
    const cause = new Error("below");
    const error = new MoeError("ERR_RANGE", "moe/x: bad", { k: 9 }, cause);
    expect(error).toMatchObject({ name: "MoeError", code: "ERR_RANGE", fields: { k: 9 }, cause });
  });

  it("is known by its mark, so that another copy of the package is too", () => {
    const other = { [Symbol.for("deepgrain.moe.error")]: true };
    expect(MoeError.isInstance(other)).toBe(true);
    expect(MoeError.isInstance(new MoeError("ERR_SHAPE", "x"))).toBe(true);
    expect([new Error("x"), null, 3].map(MoeError.isInstance)).toEqual([false, false, false]);
  });
});

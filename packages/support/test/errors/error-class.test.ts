import { describe, expect, it } from "vitest";
import { errorClass } from "../../src";

class FinePurifyError extends errorClass(
  "fine-purify",
  ["ERR_RANGE", "ERR_IO"],
  "FinePurifyError",
) {}

describe("an error class", () => {
  it("names itself and its place", () => {
    const error = new FinePurifyError("ERR_RANGE", "purify: rho must be at most 1, got 2", {
      fields: { rho: 2 },
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "FinePurifyError", code: "ERR_RANGE", fields: { rho: 2 } });
    expect(error.stack).toMatch(/^FinePurifyError: fine-purify\/purify: rho must be at most 1/);
  });

  it("puts the package's name before a message once", () => {
    const whole = new FinePurifyError("ERR_IO", "fine-purify/run: no folder");
    expect(whole.message).toBe("fine-purify/run: no folder");
    expect(new FinePurifyError("ERR_IO", "run: no folder").message).toBe(whole.message);
    const general = "fine-purify: the data are empty";
    expect(new FinePurifyError("ERR_IO", general).message).toBe(general);
  });

  it("tells the problem without the place", () => {
    const named = new FinePurifyError("ERR_RANGE", "purify: rho: must be at most 1");
    expect(named).toMatchObject({ problem: "rho: must be at most 1" });
    const general = new FinePurifyError("ERR_IO", "fine-purify: the data are\nempty");
    expect(general).toMatchObject({ problem: "the data are\nempty" });
    const bare = new FinePurifyError("ERR_IO", "no place");
    expect(bare.problem).toBe("no place");
  });

  it("has a cause only where one is given", () => {
    expect("cause" in new FinePurifyError("ERR_IO", "run: x")).toBe(false);
    const cause = new Error("below");
    expect(new FinePurifyError("ERR_IO", "run: x", { cause }).cause).toBe(cause);
  });

  it("recognises errors of another copy of its package, and no others", () => {
    class Copy extends errorClass("fine-purify", ["ERR_IO"], "Copy") {}
    class Other extends errorClass("esft", ["ERR_IO"], "Other") {}
    expect(FinePurifyError.isInstance(new Copy("ERR_IO", "x"))).toBe(true);
    expect(FinePurifyError.isInstance(new Other("ERR_IO", "x"))).toBe(false);
    expect(FinePurifyError.isInstance(undefined)).toBe(false);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { literal } from "../../src/share/program";

describe("a value in a program", () => {
  it("is the source text that gives it back", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0); // no −0
    const values = fc.oneof(fc.string({ unit: "binary" }), finite);
    fc.assert(
      fc.property(values, (value) => {
        const all = [value, { own: [value, null], none: {} }];
        expect(new Function(`return ${literal(all)}`)()).toEqual(all);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { evidenceText } from "../../src/charts";

describe("evidenceText", () => {
  it("colours each piece by its evidence and escapes it; pieces with none stay plain", () => {
    expect(evidenceText(["a<", " b", " c"], [2, 0, -1]).text).toBe(
      '<blockquote class="evidence"><p><span class="for" style="--share: 45%" title="2.00">a&lt;</span> b<span class="against" style="--share: 29%" title="-1.00"> c</span></p></blockquote>',
    );
  });

  it("refuses pieces without evidence", () => {
    for (const evidence of [[1], [1, Number.NaN]])
      expect(() => evidenceText(["a", "b"], evidence)).toThrow("piece 1 has no evidence");
  });
});

import { heatMap } from "@deepgrain/lab/charts";
import { describe, expect, it } from "vitest";

const shares = { "0": [0.1, 0.2, 0.7], "1": [0.5, 0.5] };
const axes = { row: "layer", column: "expert" };

describe("a heat map", () => {
  it("has a cell per share, darker for larger ones, and the numbers as a table", () => {
    const { text } = heatMap({ label: "Use", shares, axes });
    const opacities = [...text.matchAll(/<rect[^>]*fill-opacity="([\d.]+)"/g)].map(([, n]) => +n!);
    expect(opacities.slice(0, 5)).toEqual(
      [0.1, 0.2, 0.7, 0.5, 0.5].map((x) => 0.04 + (0.96 * x) / 0.7),
    );
    expect(text).toContain("layer 0");
    expect(text).toContain("expert 2");
    expect(text).toContain("70\u00a0%");
  });

  it("marks cells with dots and says what they are", () => {
    const marked = { name: "chosen <b>", cells: { "1": [0] } };
    const { text } = heatMap({ label: "Use", shares, axes, marked });
    expect(text.match(/<circle/g)).toHaveLength(2); // for screens and for phones
    expect(text).toMatch(/chosen &lt;b(&gt;|>)/);
  });

  it("draws zeros as the palest cells, and refuses unknown options", () => {
    expect(heatMap({ label: "Use", shares: { "0": [0, 0] }, axes }).text).not.toContain("NaN");
    expect(() => heatMap({ label: "Use", shares, axes, most: 1 } as never)).toThrow(/most/);
  });
});

import { describe, expect, it } from "vitest";
import { curves, html, svgFile } from "../../src";

const chart = curves({
  label: "Height over time",
  x: { label: "time" },
  y: { label: "height" },
  series: [
    {
      name: "a < b",
      points: [
        { x: 0, y: 1 },
        { x: 1, y: 2 },
      ],
    },
  ],
});

describe("svgFile", () => {
  it("makes one SVG of the wide chart, with the legend and without custom properties", () => {
    const svg = svgFile(chart);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="-16 0 752 342"/);
    expect(svg.match(/<svg/g)).toHaveLength(1);
    expect(svg).toContain(">a &lt; b</text>");
    expect(svg).toContain("#2459a9");
    expect(svg).not.toMatch(/var\(|currentColor|<style/);
  });

  it("refuses markup without a chart", () => {
    expect(() => svgFile(html`<p>none</p>`)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { heatMap } from "../../src";

const options = {
  label: "Use",
  caption: "Who is used.",
  names: { row: "layer", column: "expert" },
  most: 0.5,
  format: (share: number) => `${100 * share} %`,
};

describe("heatMap", () => {
  it("draws a row of cells per row, and its numbers as a table with a row per column, which phones can show", () => {
    const { text } = heatMap({ 1: [0.5, 0.25], 2: [0, 0.5] }, options);
    for (const part of ["layer 1", "layer 2", "25 %"]) expect(text).toContain(part);
    expect(text).toMatch(/<tr><th[^>]*>1<\/th><td[^>]*>25 %<\/td><td[^>]*>50 %/);
    expect(text).not.toContain("chosen");
  });

  it("names what is marked, where something is", () => {
    const marked = { name: "chosen", cells: { 2: [1] } };
    expect(heatMap({ 2: [0, 0.5] }, { ...options, marked }).text).toContain("chosen");
    const none = { name: "chosen", cells: {} };
    expect(heatMap({ 2: [0, 0.5] }, { ...options, marked: none }).text).not.toContain("chosen");
  });
});

import { expect, it } from "vitest";
import { colouredPage, colouredText } from "../../src/pages";

const scored = { problem: "1 < 2?", steps: ["good", "so-so", "bad"], scores: [1, 0.5, 0] };

it("colours steps from red over yellow to green in a terminal, and leaves colours out where asked", () => {
  const lines = colouredText(scored, true).replaceAll("\u001b", "~").trimEnd().split("\n");
  expect(lines).toEqual([
    "1 < 2?",
    "~[38;2;66;176;96m1.000  good~[39m",
    "~[38;2;214;170;50m0.500  so-so~[39m",
    "~[38;2;224;82;72m0.000  bad~[39m",
  ]);
  expect(colouredText(scored, false)).toBe("1 < 2?\n1.000  good\n0.500  so-so\n0.000  bad\n");
});

it("makes a page whose steps carry their hue, with texts escaped", () => {
  const page = colouredPage([scored]);
  expect(page).toContain("1 &lt; 2?");
  expect([...page.matchAll(/--hue: (\d+)"/g)].map(([, hue]) => Number(hue))).toEqual([140, 70, 0]);
});

import { describe, expect, it } from "vitest";
import { explainHtml } from "../src/core/explain-html";
import { createWatermark } from "../src/watermark/create-watermark";
import { makeRandom, markovModel, write } from "./support/language-model";

const size = 64;
const watermark = createWatermark(
  { scheme: "kgw", vocab_size: size, bias: 4 },
  "00".repeat(15).concat("01"),
);
const text = write(markovModel(size, 2), [1], 120, makeRandom(3), watermark.createProcessor());

describe("explainHtml", () => {
  it("colours and underlines tokens by their evidence, and says the verdict", () => {
    const html = explainHtml(watermark.explain(text), (id) => `w${id} `);
    expect(html).toMatch(/^<figure><p .*<figcaption>found: p = \d\.\de-\d+, \d+ tokens scored/);
    const { tokens } = watermark.explain(text);
    const marked = tokens.filter(({ isScored, evidence }) => isScored && evidence > 0).length;
    const against = tokens.filter(({ isScored, evidence }) => isScored && evidence < 0).length;
    expect(html.match(/2px solid/g)).toHaveLength(marked);
    expect(html.match(/2px dotted/g)).toHaveLength(against);
  });

  it("gives stronger evidence a stronger colour, up to a limit", () => {
    const explanation = watermark.explain(text);
    const opacity = (strongest: number) =>
      Number(
        /rgb\(22 140 80\/([\d.]+)\)/.exec(explainHtml(explanation, String, { strongest }))![1],
      );
    expect(opacity(1)).toBe(0.45);
    expect(opacity(100)).toBeLessThan(0.2);
  });

  it("escapes the text, and calls a text without evidence too short", () => {
    const html = explainHtml(watermark.explain([1]), () => `<script>"&`);
    expect(html).toContain("&lt;script&gt;&quot;&amp;");
    expect(html).toContain("too short to tell");
    expect(html).not.toContain("<span");
  });
});

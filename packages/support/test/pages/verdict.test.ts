import { expect, it } from "vitest";
import { evidenceSpan, html, terms, verdict } from "../../src/pages";

it("says a verdict by colour, mark and words", () => {
  expect(verdict("good", "a < b").text).toBe(
    '<span class="verdict good"><span aria-hidden="true">✓</span> a &lt; b</span>',
  );
  expect(verdict("bad", "x").text).toContain("✗");
  expect(verdict("open", "x").text).toContain("○");
});

it("explains names in a list", () => {
  const { text } = terms([
    ["KL", "a divergence"],
    ["p", html`<em>chance</em>`],
  ]);
  expect(text).toContain("<dt>KL</dt><dd>a divergence</dd>");
  expect(text).toContain("<dd><em>chance</em></dd>");
});

it("colours a piece of text by how much it speaks for or against", () => {
  const text = (evidence: number, strongest?: number) =>
    html`${evidenceSpan("<b>", evidence, strongest)}`.text;
  expect(text(2)).toBe('<span class="for" style="--share: 45%" title="2.00">&lt;b&gt;</span>');
  expect(text(-1)).toContain('class="against" style="--share: 29%"');
  expect(text(1, 100)).toContain("--share: 12%");
  expect(text(0)).toBe("&lt;b&gt;");
});

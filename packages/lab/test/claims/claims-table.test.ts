import { claimCells, claimsHtml, claimsSummary, claimsText, judge } from "@deepgrain/lab";
import { expect, it } from "vitest";
import { loss, studyOf } from "../support/runs-of";

const experiments = { "A-1": "First", "A-2": "Second" };
const values = { a: [1, 2, 3], b: [2.1, 3, 4.2], c: [1.01, 1.99, 3], d: [1, 2, 9] };
const { own, runs } = studyOf(
  values,
  [
    { experiment: "A-1", lower: loss("a"), higher: loss("b"), paper: "1 < 2" },
    {
      experiment: "A-2",
      scope: "task",
      lower: loss("a"),
      higher: loss("c"),
      margin: 0.1,
      paper: "same",
    },
    { experiment: "A-2", lower: loss("a"), higher: loss("d"), paper: "a figure" },
    { experiment: "A-2", lower: loss("b"), higher: loss("a"), paper: "2 < 1", ifReversed: "short" },
  ],
  experiments,
);
const judgement = judge(own, runs, { correction: "none" });

it("shows claims as text, a line each", () => {
  const [head, first, second, third] = claimsText(judgement).split("\n");
  expect(head).toMatch(
    /^exp\. +scope +claim +verdict +right − left, 95 % interval +left side +right side +p, Holm +paper$/,
  );
  expect(first).toMatch(/^A-1 +loss: A < B +resolved +1\.100 \(0\.852 to 1\.348\)/);
  expect(first).toMatch(/2\.000 ± 0\.577 +3\.100 ± 0\.608 +0\.008 +1 < 2$/);
  expect(second).toMatch(/^A-2 +task +loss: A = C \(±0\.1\) +equal .*, 90 %\)/);
  expect(third).toMatch(/^A-2 +loss: A < D +not resolved/);
});

it("has columns for experiment and scope only where they vary", () => {
  const { head, body } = claimCells(judgement.claims.slice(0, 1));
  expect(head[0]).toBe("claim");
  expect(body[0]).toHaveLength(head.length);
});

it("shows claims as a table that escapes text, and the causes below", () => {
  const { text } = claimsHtml(judgement);
  expect(text).toContain("loss: A &lt; D");
  expect(text).toContain("A-2, loss: B &lt; A: short.");
  expect(text.match(/<li>/g)).toHaveLength(2);
  expect(claimsHtml({ claims: [] }).text).toBe("");
});

it("sums claims up in a sentence, with the rule that they were judged by", () => {
  expect(claimsSummary(judgement)).toBe(
    "Of 4 claims, 2 came out as claimed, 1 the other way, 1 is not resolved. Each claim is judged alone; of twenty true zero differences, one would count as resolved by chance.",
  );
  expect(claimsSummary(judge(own, runs))).toContain("p-values are Holm-corrected over all claims.");
  expect(claimsSummary({ ...judgement, claims: [] })).toBe("No claim could be judged.");
});

it("shows claims as records, a line for each cell, where the terminal is narrow", () => {
  const text = claimsText(judgement, { columns: 60 });
  expect(text).toContain("claim                        loss: A < B\n");
  expect(text).toContain("right − left, 95 % interval  1.100 (0.852 to 1.348)\n");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  expect(claimsText(judgement, { columns: 400 })).toBe(claimsText(judgement));
});

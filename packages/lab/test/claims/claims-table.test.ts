import {
  claimDetails,
  claimsSummary,
  claimsText,
  judge,
  powerText,
  primariesOf,
  secondariesOf,
} from "@deepgrain/lab";
import { expect, it } from "vitest";
import { claimCells, claimsHtml } from "../../src/claims/claims-table";
import { loss, primary, studyOf } from "../support/runs-of";

const experiments = { "A-1": "First", "A-2": "Second" };
const values = { a: [1, 2, 3], b: [2.1, 3, 4.2], c: [1.01, 1.99, 3], d: [1, 2, 9] };
const after = { ...primary, named: "after the run" } as const;
const { own, runs } = studyOf(
  values,
  [
    {
      experiment: "A-1",
      lower: loss("a"),
      higher: loss("b"),
      margin: 0.1,
      paper: "1 < 2",
      primary,
    },
    {
      experiment: "A-1",
      lower: loss("b"),
      higher: loss("a"),
      margin: 0.1,
      paper: "2 < 1",
      primary: { ...after, sentence: "More is lost" },
      ifReversed: "short",
    },
    {
      experiment: "A-2",
      scope: "task",
      lower: loss("a"),
      relation: "=",
      higher: loss("c"),
      margin: 0.1,
      paper: "same",
    },
    { experiment: "A-2", lower: loss("a"), higher: loss("d"), paper: "a figure" },
  ],
  experiments,
);
const judgement = judge(own, runs);

it("shows primary claims as text, a line each with its outcome, then the secondary ones with p and q", () => {
  const [head, first, second, gap, secondHead, third, fourth] = claimsText(judgement).split("\n");
  expect(head).toMatch(
    /^primary claim +outcome +higher − lower, interval +expected lower +expected higher +measured +seeds +p, Holm +named +paper$/,
  );
  expect(first).toMatch(/^Less is lost +as claimed +1\.100 \(0\.742 to 1\.458; 97\.5 %\)/);
  expect(first).toMatch(
    /2\.000 \(−0\.484 to 4\.484\) +3\.100 \(0\.483 to 5\.717\) +loss: A < B +3 +0\.005 +before the run +“substantial advantages”; 1 < 2$/,
  );
  expect(second).toMatch(/^More is lost +opposite .*loss: B < A/);
  expect(gap).toBe("");
  expect(secondHead).toMatch(/^comparison +scope +higher − lower.* +p +q +paper$/);
  expect(third).toMatch(/^loss: A = C \(±0\.1\) +task +0\.000 \(−0\.025 to 0\.025\)/);
  expect(fourth).toMatch(/loss: A < D/);
  expect(claimsText({ claims: secondariesOf(judgement) })).not.toMatch(/as claimed|undecided/);
});

it("shows effects without an outcome where there are no verdicts", () => {
  const effects = judge(own, runs, { verdicts: false });
  const { head } = claimCells(primariesOf(effects));
  expect(head).not.toContain("outcome");
  expect(head).not.toContain("p, Holm");
  expect(claimsSummary(effects)).toContain("Effects are shown without verdicts");
});

it("has columns for experiment and scope only where they vary", () => {
  const { head, body } = claimCells(secondariesOf(judgement).slice(0, 1));
  expect(head[0]).toBe("comparison");
  expect(body[0]).toHaveLength(head.length);
});

it("names its columns by the methods where all claims compare the same two", () => {
  const twice = [judgement.claims[0]!, { ...judgement.claims[0]!, scope: "again" }];
  const { head } = claimCells(twice);
  expect(head).toContain("B − A, interval");
  expect(head.slice(3, 5)).toEqual(["A", "B"]);
  expect(claimsHtml({ claims: twice }).text).not.toContain("who");
  const secondary = secondariesOf(judgement).flatMap((claim) => [claim, claim]);
  const { text } = claimsHtml({ claims: secondary });
  expect(text.match(/<table/g)).toHaveLength(2);
  expect(text).toMatch(/C − A.*D − A/s);
});

it("does not name a number that is compared with twice", () => {
  const claims = primariesOf(judgement).map((claim) => ({
    ...claim,
    lower: { ...claim.lower, subject: "2" },
  }));
  expect(claimsHtml({ claims }).text).toContain('<td data-name="expected lower">2</td>');
});

it("shows claims as a table that escapes text, and the causes below", () => {
  const { text } = claimsHtml({ claims: primariesOf(judgement) });
  expect(text).toMatch(/<span class="who">A<\/span> 2\.000.*<span class="who">B<\/span> 3\.100/s);
  expect(text).toContain("loss: B &lt; A: short.");
  expect(text.match(/<li>/g)).toHaveLength(1);
  expect(claimsHtml({ claims: [] }).text).toBe("");
});

it("sums the primary claims up in a sentence, with when they were named", () => {
  expect(claimsSummary(judgement)).toBe(
    "Of 2 primary claims: 1 as claimed, 1 opposite. 1 of them was named after the run, in the order of the abstract.",
  );
  const [first] = judgement.claims;
  expect(claimsSummary({ claims: [first!] })).toBe("The one primary claim is as claimed.");
  expect(claimsSummary({ claims: [] })).toBe("There is no primary claim, so nothing is judged.");
});

it("tells the seeds, words and naming of a primary claim", () => {
  const [first, second, secondary] = judgement.claims;
  expect(claimDetails(first!)).toEqual({
    seeds: "3 seeds",
    paper: "“substantial advantages”; 1 < 2",
    naming: "",
  });
  const before = { outcome: "undecided", isCorrected: true } as const;
  const corrected = { ...second!, primary: { ...second!.primary!, section: "section 3", before } };
  expect(claimDetails(corrected)).toMatchObject({
    paper: "“substantial advantages” (section 3); 2 < 1",
    naming: "named after the run; relation corrected after the run; before: undecided",
  });
  expect(() => claimDetails(secondary!)).toThrow("expected a primary claim, got a secondary one");
});

it("shows claims as records, a line for each cell, where the terminal is narrow", () => {
  const text = claimsText(judgement, { columns: 60 });
  expect(text).toContain("measured                  loss: A < B\n");
  expect(text).toContain("higher − lower, interval  1.100 (0.742 to 1.458; 97.5 %)");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  expect(claimsText(judgement, { columns: 400 })).toBe(claimsText(judgement));
});

it("says beforehand what difference seeds can find, and how many find the margins", () => {
  const text = powerText(5, judgement);
  expect(text).toMatch(
    /^5 seeds find a difference of 2\.1 standard deviations between seeds in 80/,
  );
  // The differences 1.1, 1, 1.2 have a standard deviation of 0.1, and 2.05 of those are found.
  expect(text).toMatch(/loss: A < B +0\.205 +0\.1 +13/);
  expect(powerText(2, judgement)).toBe("2 seeds decide nothing: effects only.");
  expect(powerText(8, null, { claims: 4 })).toMatch(/1\.5 standard deviations.*4 primary claims/);
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pictureFile } from "../../src/site/deeds";
import { pictureOf, withTable } from "../../src/site/front-page";
import { systems } from "../../src/site/systems";
import {
  findingsOf,
  leadingClaim,
  openText,
  pictureNote,
  summaryOf,
} from "../../src/site/verdicts";

const root = new URL("../../../../", import.meta.url);
const pathOf = (name: string) => new URL(name, root).pathname;

/** `npx vitest run test/site/front-page.test.ts -u` writes the table and the pictures anew. */
describe("the repository's front page", () => {
  it("has the table of systems that recorded runs give", async () => {
    const page = readFileSync(pathOf("README.md"), "utf8");
    expect(page).toContain("<!-- /systems -->");
    await expect(withTable(page)).toMatchFileSnapshot(pathOf("README.md"));
  });

  it.each(systems)(
    "shows what $name does, in a small picture that needs nothing else",
    async (system) => {
      const picture = pictureFile(system.study);
      expect(picture).not.toMatch(
        /var\(|NaN|undefined|\[object|href=|url\(|<script|<foreignObject/,
      );
      expect(picture).toContain("prefers-color-scheme:dark");
      expect(picture.length).toBeLessThanOrEqual(20_000);
      await expect(picture).toMatchFileSnapshot(pathOf(pictureOf(system)));
    },
  );
});

describe("beside the picture and the count", () => {
  const { claims, ...findings } = findingsOf("deepseek-moe");
  const [first, second] = claims;
  const { sentence } = first!.primary!;

  it("stands which direction is better, and the paper's numbers and ours", () => {
    expect(pictureNote(first!)).toBe(
      "lower is better; paper: 1.808 = 1.808; here DeepSeekMoE 4.079 against GShard×1.5 4.102",
    );
    expect(pictureNote({ ...first!, better: null })).toMatch(/^claimed: DeepSeekMoE is lower; /);
  });

  it("stands how many came out as claimed, and that a gate is not met", () => {
    expect(summaryOf({ ...findings, claims })).toBe("4 as claimed, 1 undecided; gate not met");
    expect(summaryOf(findingsOf("renode"))).not.toContain("gate");
  });

  it("stands what is open and why", () => {
    const shown = claims.filter(({ outcome }) => outcome !== "undecided");
    expect(openText({ ...findings, claims: shown })).toBe("Nothing is open.");
    const open = { ...first!, outcome: "undecided", p: 0.4 } as const;
    const near = { ...open, p: 0.04 };
    const interval = [-2, -1] as const;
    const difference = { ...open.difference, interval };
    const against = { ...open, relation: "<", difference } as const;
    expect(openText({ ...findings, claims: [open, near, open, against] })).toBe(
      `Open: “${sentence}”, “${sentence}” (the interval over 8 seeds holds −margin); “${sentence}” (decided alone, but not among all claims); “${sentence}” (it goes against the claim, but perhaps by less than the margin).`,
    );
  });

  it("stand for a result, not for an analysis", () => {
    const analysis = { ...first!, primary: { ...first!.primary!, isAnalysis: true } };
    expect(leadingClaim({ ...findings, claims: [analysis, second!] })).toBe(second);
    expect(leadingClaim({ ...findings, claims: [analysis] })).toBe(analysis);
  });
});

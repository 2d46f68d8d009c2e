import { readFileSync } from "node:fs";
import { claimText, type JudgedClaim, type Outcome, primariesOf } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { claimsPage, withVerdicts } from "../claims-page";
import { type PaperVerdicts, recordedVerdicts } from "../verdicts";
import { recordedRuns, recordedStudies, recordingsOf } from "./recordings";

const judged = Object.fromEntries(
  Object.entries(recordedStudies).flatMap(([paper, study]): [string, PaperVerdicts][] => {
    const recordings = recordingsOf(paper).map((file) =>
      recordedVerdicts(study, recordedRuns(paper, file), file),
    );
    const verdicts = { study: study.name, unasked: study.unasked ?? [], recordings };
    return recordings.length > 0 ? [[paper, verdicts]] : [];
  }),
);

const fileOf = (path: string) => new URL(`../../${path}`, import.meta.url).pathname;

describe.each(Object.entries(judged))("the recordings of %s", (paper, verdicts) => {
  it("judge to the stored verdicts, to the last digit", async () => {
    expect(verdicts.recordings.length).toBeGreaterThan(0);
    const text = `${JSON.stringify(verdicts, undefined, 1)}\n`;
    await expect(text).toMatchFileSnapshot(fileOf(`${paper}/verdicts.json`));
  });

  it("stand in its README as they were judged", async () => {
    const path = fileOf(`${paper}/README.md`);
    const readme = readFileSync(path, "utf8");
    expect(readme).toContain("<!-- verdicts of results.json.gz -->");
    await expect(withVerdicts(readme, verdicts)).toMatchFileSnapshot(path);
  });

  it("have results of the form that runs have", () => {
    const study = recordedStudies[paper]!;
    for (const file of recordingsOf(paper))
      for (const { result } of recordedRuns(paper, file).runs) study.parse?.(result);
  });

  it("name at most six primary claims, with as many seeds as they were named with", () => {
    for (const { claims, seeds, commits } of verdicts.recordings) {
      const primaries = claims.flatMap(({ primary }) => primary ?? []);
      expect(primaries.length).toBeGreaterThan(0);
      expect(primaries.length).toBeLessThanOrEqual(6);
      for (const primary of primaries) {
        expect(seeds.length).toBeGreaterThanOrEqual(primary.seeds);
        // The commit of the runs is the one that names the claim.
        if (primary.named === "before the run") expect(commits.length).toBeGreaterThan(0);
      }
    }
  });
});

/** Studies that no recording is of yet. */
const unrecorded = Object.fromEntries(
  Object.entries(recordedStudies)
    .filter(([paper]) => recordingsOf(paper).length === 0)
    .map(([paper, { claims = [], settings, unasked }]) => {
      const stated = typeof claims === "function" ? claims(settings) : claims;
      return [paper, { claims: stated, unasked: unasked ?? [] }];
    }),
);

/** The outcome that an interval shows by itself. */
function readOff({ relation, margin, difference }: JudgedClaim): Outcome {
  const [low, high] = difference.interval!;
  const isInside = low > -margin! && high < margin!;
  if (relation === "≤" && low > -margin!) return "as claimed";
  if (relation === "=" && isInside) return "as claimed";
  if (relation === "<" && isInside) return "equal";
  if (relation === "<" && low > 0) return "as claimed";
  if (high < -margin! || (relation === "=" && low > margin!)) return "opposite";
  return "undecided";
}

describe("every primary claim", () => {
  const recorded = Object.values(judged).flatMap(({ recordings }) => recordings);
  const primaries = recorded.flatMap(primariesOf);

  it("has an outcome that its interval shows, at Holm's level", () => {
    expect(primaries.length).toBeGreaterThan(40);
    for (const claim of primaries) expect(readOff(claim), claimText(claim)).toBe(claim.outcome);
    for (const { claims } of recorded) {
      const own = primariesOf({ claims }).map(({ difference, adjustedP }) => {
        return { divisor: 0.05 / (1 - difference.level), isShown: adjustedP! <= 0.05 };
      });
      const least = Math.min(...own.map(({ divisor }) => divisor));
      for (const { divisor, isShown } of own) {
        expect(divisor).toBeCloseTo(Math.round(divisor), 6);
        if (!isShown) expect(divisor).toBeCloseTo(least, 6);
      }
    }
  });

  it("has the paper's words, a scope, its seeds and its level on the page of claims", () => {
    const page = claimsPage(judged, unrecorded);
    const lines = page.split("\n");
    for (const { recordings } of Object.values(judged))
      for (const claim of primariesOf(recordings[0]!)) {
        const line = lines.find((one) => one.startsWith(`- ${claim.primary!.sentence}: **`))!;
        expect(claim.scope).not.toBe("");
        expect(line).toContain(`, ${claim.scope}, `);
        expect(line).toContain(`“${claim.primary!.words}”`);
        expect(line).toMatch(
          new RegExp(`\\(.* to .*; [\\d.]+ %\\), ${claim.difference.seeds} seeds, `),
        );
      }
  });
});

describe("docs/claims.md", () => {
  it("repeats a claim by the experiment that it is about", () => {
    const lines = claimsPage(judged, unrecorded).split("\n- ");
    for (const { recordings } of Object.values(judged))
      for (const { experiment, primary } of primariesOf(recordings[0]!)) {
        const line = lines.find((each) => each.startsWith(`${primary!.sentence}: **`))!;
        const named = /--experiments ([\w,-]+)/.exec(line)?.[1];
        expect((named ?? experiment).split(",")).toContain(experiment);
      }
    const coder = judged["deepseek-coder-v2"]!.recordings[0]!;
    expect(new Set(Object.keys(coder.commands!))).toEqual(new Set(["pretrain", "extend", "grpo"]));
    expect(coder.commands!.extend).toMatch(/ --full --experiments extend --seeds 4$/);
  });

  it("has a line for every claim of every abstract, as the recordings have it", async () => {
    const page = claimsPage(judged, unrecorded);
    for (const { recordings, unasked } of Object.values(judged)) {
      const sentences = [
        ...recordings[0]!.claims.flatMap(({ primary }) => primary?.sentence ?? []),
        ...unasked.map(({ sentence }) => sentence),
      ];
      for (const sentence of sentences) expect(page).toContain(`\n- ${sentence}: **`);
    }
    const [, tuned] = page.split("## Which sides were tuned");
    for (const paper of Object.keys(judged))
      expect(tuned).toMatch(new RegExp(`(- |In )${paper}\\b`));
    await expect(page).toMatchFileSnapshot(fileOf("../../docs/claims.md"));
  });
});

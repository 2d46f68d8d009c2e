import { readFileSync } from "node:fs";
import { primariesOf } from "@deepgrain/lab";
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

describe("docs/claims.md", () => {
  it("repeats a claim by the experiment that it is about", () => {
    const lines = claimsPage(judged, unrecorded).split("\n- ");
    for (const { recordings } of Object.values(judged))
      for (const { experiment, primary } of primariesOf(recordings[0]!)) {
        const line = lines.find((each) => each.startsWith(`${primary!.sentence}: **`))!;
        const named = /--experiments (\S+)/.exec(line)?.[1];
        expect(named ?? experiment).toBe(experiment);
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

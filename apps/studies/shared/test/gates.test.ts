import { spawnSync } from "node:child_process";
import type { Gate, JudgedGate, StudyRuns } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { ratios as ratiosOfMarking } from "../../balance-marking/recipe";
import { ratios as ratiosOfMixture } from "../../deepseek-moe/recipe";
import { ratios as ratiosOfPreferences } from "../../dpo/recipe";
import { ratios as ratiosOfEsft } from "../../esft/recipe";
import { ratios as ratiosOfShepherd } from "../../math-shepherd/recipe";
import { ratios as ratiosOfRenode } from "../../renode/recipe";
import type { Ratio } from "../ratio";
import { recordedRuns, recordedStudies, storedVerdicts } from "./recordings";

/** Ratios by paper. */
// biome-ignore lint/suspicious/noExplicitAny: ratios of any settings
const ratios: Readonly<Record<string, readonly Ratio<any>[]>> = {
  "balance-marking": ratiosOfMarking,
  "deepseek-moe": ratiosOfMixture,
  dpo: ratiosOfPreferences,
  "math-shepherd": ratiosOfShepherd,
  esft: ratiosOfEsft,
  renode: ratiosOfRenode,
};

/** The runs of a main recording, with what its gates were when it was made. */
const recordingOf = (paper: string) =>
  recordedRuns(paper) as StudyRuns<object, unknown> & { gates?: readonly JudgedGate[] };

describe.each(Object.entries(ratios))("the recipe of %s", (paper, own) => {
  it.each(own)("has the ratio $name that its recorded settings give", ({ of, ours }) => {
    expect(of(recordingOf(paper).settings)).toBeCloseTo(ours, 2);
  });
});

const gated = Object.entries(recordedStudies).filter(([, study]) => study.gates !== undefined);

const git = (...args: string[]) =>
  spawnSync("git", args, { cwd: new URL(".", import.meta.url).pathname, encoding: "utf8" });

const isKnown = (commit: string) => git("cat-file", "-e", `${commit}^{commit}`).status === 0;

describe.each(gated)("the gates of %s", (paper, { gates }) => {
  const { gates: recorded = [], runs } = recordingOf(paper);
  // A "+" tells of changes beside the commit.
  const first = runs[0]!.provenance.commit!.replace("+", "");

  it("were measured before the recorded runs, which have their numbers and commits", () => {
    expect(recorded.map(({ measure, tried }) => ({ measure, tried }))).toEqual(
      gates!.map(({ measure, tried }: Gate) => ({ measure, tried })),
    );
    for (const { tried } of recorded) expect(tried.length).toBeGreaterThan(0);
    expect(storedVerdicts(paper)!.recordings[0]!.gates).toEqual(recorded);
  });

  // A shallow or an exported copy cannot tell.
  it.skipIf(!isKnown(first))("have commits before that of the first run", () => {
    for (const { commit } of recorded.flatMap(({ tried }) => tried)) {
      expect(commit).not.toBe(first);
      expect(git("merge-base", "--is-ancestor", commit, first).status).toBe(0);
    }
  });
});

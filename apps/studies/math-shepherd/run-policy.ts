import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunEvent } from "@deepgrain/lab";
import { type LabelStudy, labelStudy, type Solution } from "@deepgrain/prm";
import { firstWrongStep, type WordProblem } from "@deepgrain/prm/world";
import { writeFileAtomic } from "@deepgrain/support/files";
import { manualSeed } from "@deepgrain/tensor-gpu";
import { z } from "zod";
import { sampleTexts, votesOf } from "./candidates";
import { type ModelFolders, verificationFolders } from "./model-folders";
import { completerOf, problemsOf, solveGreedily, trainPolicy } from "./policy";
import { sampled } from "./pool";
import type { ShepherdSettings } from "./recipe";

/** The measures of a policy by itself, before any reward model: whether votes have something to gain, and what labels are worth. */
export interface PolicyResult {
  /** 1 or 0 per held-out problem, answered greedily. */
  greedy: number[];
  greedySteps: number;
  /** 1 or 0 per held-out problem: whether votes over its sampled solutions are right, and whether any of these is. */
  votes: number[];
  any: number[];
  labels: LabelStudy;
}

/** Input of a run. */
export interface RunInput {
  settings: ShepherdSettings;
  signal: AbortSignal;
  artifacts: string;
}

/** Whether a step of a solution is truly good. */
export function truthOf(problems: readonly WordProblem[]) {
  const known = new Map(problems.map((one) => [one.problem, one]));
  return ({ problem, steps }: Solution, step: number): boolean => {
    const wrong = firstWrongStep(known.get(problem)!, steps);
    return wrong < 0 || step < wrong;
  };
}

const says = (message: string): RunEvent => ({ type: "progress", message });

const textsFile = ({ policy }: ModelFolders) => join(policy, "solutions.json");

/** The solutions that a seed's policy wrote to the held-out problems. */
export const readTexts = async (folders: ModelFolders): Promise<string[][]> =>
  z.array(z.array(z.string())).parse(JSON.parse(await readFile(textsFile(folders), "utf8")));

/** Trains the policy whose solutions are verified, writes its solutions to held-out problems, and compares labels with the truth. */
export async function* runPolicy(
  seed: number,
  { settings: all, signal, artifacts }: RunInput,
): AsyncGenerator<RunEvent, PolicyResult, void> {
  manualSeed(seed);
  const settings = { ...all, ...all.verification };
  const folders = verificationFolders(artifacts, seed);
  const heldOut = problemsOf("heldOut", settings.heldOut, settings);
  const policy = yield* trainPolicy(folders.policy, settings, { seed, signal });
  const { solved: greedy, steps: greedySteps } = await solveGreedily(policy, heldOut, signal);
  const completer = completerOf(policy, settings.temperature);
  const common = { completer, seed, signal };
  yield says(`sampling solutions to ${heldOut.length} held-out problems`);
  const texts = await sampleTexts(heldOut, { ...common, count: settings.candidates });
  await writeFileAtomic(textsFile(folders), JSON.stringify(texts));
  yield says("comparing labels with the truth");
  const known = problemsOf("labels", settings.labelSolutions, settings, seed);
  const labels = await labelStudy(await sampled(known, { ...common, n: 1 }), truthOf(known), {
    completer,
    n: settings.labelCompletions,
    signal,
  });
  policy.dispose();
  return { greedy, greedySteps, ...votesOf(heldOut, texts), labels };
}

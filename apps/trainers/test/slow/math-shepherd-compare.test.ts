import { join } from "node:path";
import { drain, judge, runStudy, studyPage } from "@deepgrain/lab";
import { verifiedChoices } from "@deepgrain/studies/math-shepherd/candidates";
import { shepherdSettings } from "@deepgrain/studies/math-shepherd/recipe";
import { mathShepherd } from "@deepgrain/studies/math-shepherd/study";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";

const { quick } = shepherdSettings;
const policy = { sftProblems: 64, sftSteps: 30, poolProblems: 16, rewardSteps: 2, heldOut: 12 };

const tiny = {
  ...quick,
  hiddenSize: 16,
  layers: 1,
  candidates: 4,
  labelSolutions: 4,
  labelCompletions: 2,
  verification: { ...quick.verification, ...policy },
  learning: {
    ...quick.learning,
    ...policy,
    rlProblems: 32,
    ppoRounds: 1,
    ppoPrompts: 8,
    rftSteps: 2,
  },
};

it("verifies the policy after step-wise PPO by the seed's reward models, and sets that beside its greedy answers", async () => {
  const folder = join(await temporaryFolder(), "run");
  const options = { folder, settings: tiny, seeds: [1], experiments: ["E-9"] };
  const runs = await drain(runStudy(mathShepherd, options));
  const results = runs.runs.filter(({ variant }) => variant === "ppo-step");
  for (const { result } of results) {
    const { solved, verified } = result.learned!;
    expect(Object.keys(verified!)).toEqual([...verifiedChoices]);
    for (const id of verifiedChoices) expect(verified![id]).toHaveLength(solved.length);
    expect(mathShepherd.parse!(JSON.parse(JSON.stringify(result)))).toEqual(result);
  }
  expect(runs.runs.find(({ variant }) => variant === "rft")!.result.learned).not.toHaveProperty(
    "verified",
  );
  const judgement = judge(mathShepherd, runs);
  const claim = judgement.claims.find(({ higher }) => higher.subject.endsWith("SC + PRM"))!;
  expect(claim.primary!.sentence).toBe("Verification improves the policy after PPO further");
  expect(claim.difference.over).toBe("seeds and items");
  expect(studyPage(mathShepherd, runs, judgement)).toContain("step-wise PPO, choice among");
});

it("measures the policy alone, whose numbers its gates read, and verifies the solutions that this policy wrote", async () => {
  const folder = join(await temporaryFolder(), "run");
  const options = { folder, settings: tiny, seeds: [1], experiments: ["E-4"] };
  const runs = await drain(runStudy(mathShepherd, options));
  expect(runs.runs.map(({ variant }) => variant).sort()).toEqual(["policy", "verification"]);
  const [policy, verification] = ["policy", "verification"].map(
    (id) => runs.runs.find(({ variant }) => variant === id)!.result,
  );
  const { votes, any, greedy, labels } = policy!.policy!;
  const { choices } = verification!.verification!;
  expect(choices.sc.solved).toEqual(votes);
  expect(choices.oracle.solved).toEqual(any);
  const { gates } = judge(mathShepherd, runs);
  const points = (solved: readonly number[]) => (100 * solved.filter(Boolean).length) / 12;
  expect(gates!.map(({ here }) => here)).toEqual([
    expect.closeTo(points(votes) - points(greedy)),
    expect.closeTo(points(any) - points(votes)),
    expect.closeTo(100 * labels.quality.at(-1)!.hardAccuracy),
  ]);
});

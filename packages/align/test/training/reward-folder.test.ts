import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CausalLM, parseConfig } from "@deepgrain/lm";
import { tinyConfig } from "@deepgrain/vitest/tiny-configs";
import { expect, it } from "vitest";
import { loadRewardModel, RewardModel, saveRewardModel, scoreAnswers } from "../../src";

it("a reward model that was stored gives the same rewards, each of its answer alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "deepgrain-align-"));
  const judge = new RewardModel(new CausalLM(parseConfig(tinyConfig("llama"))));
  judge.eval();
  const answer = (ids: number[]) => ({ prompt: 0, promptIds: [3, 4], ids, isComplete: true });
  const rewards = (own: RewardModel, answers: number[][]) =>
    scoreAnswers(own, answers.map(answer), { padTokenId: 0 });
  const together = await rewards(judge, [[5, 6, 7], [8]]);
  expect(await rewards(judge, [[8]])).toEqual([expect.closeTo((together as number[])[1]!, 5)]);
  await saveRewardModel(folder, judge);
  expect(await rewards(await loadRewardModel(folder), [[5, 6, 7], [8]])).toEqual(together);
  await rm(folder, { recursive: true });
});

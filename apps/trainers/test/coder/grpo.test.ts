import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RewardModel } from "@deepgrain/align";
import { saveRewardModel } from "@deepgrain/command-line/trainings/reward-folder";
import { loadModel } from "@deepgrain/lm";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { call } from "../call";

vi.mock("@deepgrain/coder/sandbox", async (original) => {
  const { sandboxFromSource } = await import("../support/sandbox-from-source");
  return sandboxFromSource(original);
});

/** A continuation stands in a comment, so that most pass: a line break ends it. */
const tasks = Array.from({ length: 6 }, (_, i) => ({
  id: `t${i}`,
  prompt: `const f = () => ${i}; //`,
  kind: "complete",
  language: "JavaScript",
  tests: [{ call: "f", arguments: [], equals: i }],
}));

let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  await writeTinyModel(join(cwd, "m"));
  await writeFile(join(cwd, "t.jsonl"), tasks.map((row) => JSON.stringify(row)).join("\n"));
});

const short = [
  ...["--model", "m", "--tasks", "t.jsonl", "--out", "o", "--steps", "2", "--batch-size", "2"],
  ...["--group-size", "4", "--max-new-tokens", "24", "--lr", "0.01"],
];
const grpo = (...args: string[]) => call(["coder", "grpo", ...short, ...args], { cwd });

async function judgeFolder(): Promise<void> {
  const model = new RewardModel(await loadModel(join(cwd, "m")));
  await saveRewardModel(join(cwd, "judge"), model, join(cwd, "m"));
}

describe("coder grpo", () => {
  it("trains on tests, prints held-out pass@1 beside the reward, and logs what it sampled", async () => {
    const { code, out, err } = await grpo("--held-out", "0.34", "--rollouts", "--lora-rank", "2");
    expect(code, err).toBe(0);
    expect(out).toMatch(/^reward [01]\.\d{3}\nheld-out pass@1 \d+\.\d\d %\n/);
    const rows = (await readFile(join(cwd, "o/rollouts.jsonl"), "utf8")).trim().split("\n");
    expect(rows).toHaveLength(16);
    const first = JSON.parse(rows[0]!);
    expect(Object.keys(first)).toEqual([
      ...["round", "prompt_id", "group", "text", "tokens", "logp", "entropy"],
      ...["reward", "advantage"],
    ]);
    for (const row of rows) {
      const { text, reward } = JSON.parse(row);
      expect(reward, text).toBe(/[\n\r\u2028\u2029]/.test(text) && reward === 0 ? 0 : reward);
      expect([0, 1]).toContain(reward);
    }
  });

  it("says of a finished run that goes on what it said at first", async () => {
    const first = await grpo("--held-out", "0.34", "--json");
    expect(first.code, first.err).toBe(0);
    const again = await grpo("--held-out", "0.34", "--json", "--resume");
    expect(again).toMatchObject({ code: 0, out: first.out });
  });

  it("adds a reward model's score to the tests, and trains it on their verdicts", async () => {
    await judgeFolder();
    const before = await readFile(join(cwd, "judge/score/model.safetensors"));
    const learning = ["--learn-every", "1", "--learn-steps", "2", "--learn-lr", "0.01"];
    const args = ["--reward", "both", "--reward-model", "judge", "--model-weight", "0.5"];
    const { code, out, err } = await grpo(...args, ...learning, "--held-out", "0", "--json");
    expect(code, err).toBe(0);
    const { last, passAt1 } = JSON.parse(out);
    expect(passAt1).toBeNull();
    expect(last.reward).toBeCloseTo(last["reward.tests"] + 0.5 * last["reward.model"], 5);
    expect(await readFile(join(cwd, "judge/score/model.safetensors"))).toEqual(before);
  });

  it("rewards the model's score alone where asked", async () => {
    await judgeFolder();
    const { code, err, out } = await grpo("--reward", "model", "--reward-model", "judge", "--json");
    expect(code, err).toBe(0);
    expect(JSON.parse(out).heldOut).toBeNull(); // Every tenth of six tasks is none.
  });

  it.each([
    [["--reward", "model"], "--reward model needs --reward-model"],
    [["--learn-every", "2"], "--learn-every needs a reward model"],
    [["--max-length", "30"], "at most 6 fit beside an answer"],
    [["--out", "m"], "--out must be a folder of its own"],
  ])("refuses %s", async (args, message) => {
    expect(await grpo(...args)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  it("refuses tasks whose programs could reach their tests", async () => {
    await writeFile(join(cwd, "t.jsonl"), JSON.stringify({ ...tasks[0], language: "Python" }));
    expect(await grpo()).toMatchObject({
      code: 2,
      err: expect.stringContaining("t0 is in Python; only JavaScript and TypeScript run"),
    });
  });
});

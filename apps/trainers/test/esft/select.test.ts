import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { writeInputs } from "../support/folder-writers";

const data = (name: string) => shared(`data/esft/${name}`);
const json = async (path: string) => JSON.parse(await readFile(path, "utf8"));
const tasks = ["intent", "translation"] as const;

/** A folder with a scores folder a task, as the official scripts leave them. */
async function publishedScores(): Promise<string> {
  const cwd = await temporaryFolder();
  for (const task of tasks) {
    await mkdir(join(cwd, "scores", task), { recursive: true });
    await cp(data(`official-${task}-summary.json`), join(cwd, "scores", task, "summary.json"));
  }
  return cwd;
}

const v2Lite = {
  model_type: "deepseek_v2",
  hidden_size: 2048,
  moe_intermediate_size: 1408,
  num_hidden_layers: 27,
  n_routed_experts: 64,
  n_shared_experts: 2,
  num_experts_per_tok: 6,
  first_k_dense_replace: 1,
};

describe.skipIf(sharedIsMissing)("esft select on the published scores", () => {
  it.each([
    ["--expert-scores-dir", "--score-function", "--top-p", "--output-path"],
    ["--expert_scores_dir", "--score_function", "--top_p", "--output_path"],
  ])("gives the published experts of both tasks in all 52 layers by %s", async (...flags) => {
    const cwd = await publishedScores();
    let layers = 0;
    for (const task of tasks) {
      const values = [join("scores", task), "token", "0.2", `${task}.json`];
      const args = flags.flatMap((flag, i) => [flag, values[i]!]);
      expect(await call(["esft", "select", ...args], { cwd })).toMatchObject({ code: 0 });
      const [own, official] = [
        await json(join(cwd, `${task}.json`)),
        await json(data(`official-${task}-expert_cfg.json`)),
      ];
      expect(own).toEqual(official);
      layers += Object.keys(own.experts).length;
    }
    expect(layers).toBe(52);
  });

  it("takes the flags of the official README, tasks by name and a folder to write to", async () => {
    const cwd = await publishedScores();
    const flags = ["--eval_datasets=intent,translation", "--expert_scores_dir=scores"];
    const more = ["--output_dir=configs", "--score_function=token", "--top_p=0.2"];
    const { code, out } = await call(["esft", "select", ...flags, ...more], { cwd });
    expect(code).toBe(0);
    expect(out).toBe(tasks.map((task) => `${join(cwd, "configs", `${task}.json`)}\n`).join(""));
    for (const task of tasks)
      expect(await json(join(cwd, "configs", `${task}.json`))).toEqual(
        await json(data(`official-${task}-expert_cfg.json`)),
      );
    const script = ["--eval_dataset", "intent", "--expert_scores_dir", "scores/intent"];
    const one = ["--output_path", "one.json", "--score_function", "token", "--top_p", "0.2"];
    expect((await call(["esft", "select", ...script, ...one], { cwd })).code).toBe(0);
    expect(await json(join(cwd, "one.json"))).toEqual(
      await json(data("official-intent-expert_cfg.json")),
    );
  });

  it("reads trace files too", async () => {
    const cwd = await temporaryFolder();
    const args = ["--scores", data("official-intent-scores"), "--out", "e.json"];
    expect((await call(["esft", "select", ...args], { cwd })).code).toBe(0);
    const official = await json(data("official-intent-expert_cfg.json"));
    const { experts } = await json(join(cwd, "e.json"));
    expect(experts).toEqual({ 1: official.experts[1], 2: official.experts[2] });
  });

  it("chooses by gate values, raw or as shares, as many at random, and what else to train", async () => {
    const cwd = await publishedScores();
    const select = async (...args: string[]) => {
      const base = ["esft", "select", "--scores", "scores/intent", "--out", "e.json", "--json"];
      const { out, err, code } = await call([...base, ...args], { cwd });
      expect(code, err).toBe(0);
      const counts = (Object.values(JSON.parse(out).experts) as number[][]).map((e) => e.length);
      return { counts, mean: counts.reduce((a, b) => a + b) / 26, result: JSON.parse(out) };
    };
    expect((await select("--score-function", "gate")).mean).toBeCloseTo(4.73, 2);
    expect((await select("--score-function", "gate", "--normalize-gate")).mean).toBe(2);
    const all = await select("--score-function", "gate", "--top-p", "1");
    expect(all.result.warnings).toHaveLength(26);
    expect((await select("--top-p", "0")).mean).toBe(1);
    expect((await select("--top-p", "0", "--zero-means-none")).mean).toBe(0);
    const chosen = await select();
    const [a, b, c] = [
      await select("--random-seed", "1"),
      await select("--random-seed", "1"),
      await select("--random-seed", "2"),
    ];
    for (const control of [a, b, c]) expect(control!.counts).toEqual(chosen.counts);
    expect(a!.result.experts).toEqual(b!.result.experts);
    expect(a!.result.experts).not.toEqual(c!.result.experts);
    expect(a!.result.experts).not.toEqual(chosen.result.experts);
    await select("--train-shared-experts", "--train_non_expert_modules");
    expect(await json(join(cwd, "e.json"))).toMatchObject({
      shared_experts: true,
      non_expert_modules: true,
    });
  });

  it("says where scores do not fit the model, and writes nothing then", async () => {
    const cwd = await publishedScores();
    const select = async (config: object) => {
      await mkdir(join(cwd, "m"), { recursive: true });
      await writeFile(join(cwd, "m", "config.json"), JSON.stringify(config));
      const args = ["--scores", "scores/intent", "--model", "m", "--out", "out/e.json"];
      return call(["esft", "select", ...args], { cwd });
    };
    const summary = join(cwd, "scores", "intent", "summary.json");
    for (const [config, message] of [
      [{ ...v2Lite, n_routed_experts: 32 }, 'token_scores["1"] must have 32 experts'],
      [{ ...v2Lite, num_hidden_layers: 28 }, 'token_scores["27"] must be there'],
      [{ ...v2Lite, first_k_dense_replace: 2 }, 'token_scores["1"] must be one of the blocks'],
    ] as const) {
      const { code, err } = await select(config);
      expect(code).toBe(1);
      expect(err).toContain(`${summary}: ${message}`);
    }
    expect((await select({ model_type: "llama" })).err).toContain("model_type must be one of");
    expect(await readdir(cwd)).not.toContain("out");
    expect((await select(v2Lite)).code).toBe(0);
  });

  it.each([
    [["--out", "e.json", "--top-p", "1.2"], 2, "--top-p must be a finite number from 0 to 1"],
    [["--out", "e.json", "--top-p", "nan"], 2, "--top-p must be a finite number from 0 to 1"],
    [[], 2, "give either --out, a file, or --output-dir, a folder"],
    [["--out", "e.json", "--output-dir", "d"], 2, "give either --out"],
    [["--out", "e.json", "--eval-datasets", "intent,law"], 2, "give --output-dir"],
    [["--output-dir", "d", "--eval-datasets", "a,a"], 2, "must be different names of tasks"],
    [["--output-dir", "d", "--eval-datasets", "../a"], 2, "must be different names of tasks"],
    [["--output-dir", "d", "--eval-datasets", "intent,law"], 2, "--scores: there is no"],
  ] as [string[], number, string][])("refuses %j and writes nothing", async (args, code, text) => {
    const cwd = await publishedScores();
    const result = await call(["esft", "select", "--scores", "scores", ...args], { cwd });
    expect(result).toMatchObject({ code, err: expect.stringContaining(text) });
    expect(await readdir(cwd)).toEqual(["scores"]);
  });
});

describe("esft select", () => {
  it("names the experts of each layer and their share of the model's weights", async () => {
    const cwd = await temporaryFolder();
    await writeInputs(cwd);
    const score = "esft score --model m --data chats.jsonl --out scores";
    expect((await call(score.split(" "), { cwd })).code).toBe(0);
    const select = "esft select --scores scores --top-p 0.9 --out e.json".split(" ");
    const plain = await call(select, { cwd });
    const { experts } = await json(join(cwd, "e.json"));
    const sorted = (experts[1] as number[]).slice().sort((a, b) => a - b);
    expect(plain.err).toContain(
      `layer 1: expert${sorted.length > 1 ? "s" : ""} ${sorted.join(", ")}\n`,
    );
    expect(plain.err).toContain(`${sorted.length}.00 experts per layer`);
    expect(plain.err).not.toContain("of the weights");
    const shared = await call([...select, "--model", "m"], { cwd });
    expect(shared.err).toMatch(/\d+\.\d % of the weights\n/);
    const { share } = JSON.parse((await call([...select, "--model", "m", "--json"], { cwd })).out);
    const model = await json(join(cwd, "m", "config.json"));
    const total = await parametersOf(join(cwd, "m", "model.safetensors"));
    const each = 3 * model.hidden_size * model.moe_intermediate_size;
    expect(share).toBeCloseTo((sorted.length * each) / total, 6);
  });
});

/** Numbers in a file of safetensors. */
async function parametersOf(path: string): Promise<number> {
  const bytes = await readFile(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<
    string,
    { shape?: number[] }
  >;
  return Object.values(header).reduce(
    (sum, { shape }) => sum + (shape?.reduce((product, n) => product * n, 1) ?? 0),
    0,
  );
}

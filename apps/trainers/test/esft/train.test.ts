import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, saveModel } from "@deepgrain/lm";
import { jsonLines, writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { parseOfficialConfig } from "../../src/esft/train-settings";
import { call } from "../call";

const conversations = Array.from({ length: 8 }, (_, i) => ({
  messages: [
    { role: "user", content: `say ${i % 3}` },
    { role: "assistant", content: `${i % 3}${i % 3}` },
  ],
}));

const config = (experts: object, flags = {}) => JSON.stringify({ experts, ...flags });

/** The bits of every weight of a model folder. */
async function bitsOf(folder: string): Promise<Map<string, string>> {
  const model = await loadModel(folder);
  const bits = new Map<string, string>();
  for (const name of model.weightNames())
    bits.set(name, Buffer.from((await model.readWeight(name)).data.slice().buffer).toString("hex"));
  model.dispose();
  return bits;
}

describe("esft train and apply", () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
    await writeTinyModel(join(cwd, "m"));
    await writeFile(join(cwd, "task.jsonl"), jsonLines(conversations));
    await writeFile(join(cwd, "e.json"), config({ 1: [2, 0] }));
    return () => rm(cwd, { recursive: true, force: true });
  });

  const sizes = "--steps 3 --batch-size 2 --sequence-length 32 --lr 0.02 --evaluate-every 1";
  const train = (...args: string[]) => {
    const common = ["--model", "m", "--data", "task.jsonl", "--json", ...sizes.split(" ")];
    return call(["esft", "train", ...common, ...args], { cwd });
  };
  const trained = async (...args: string[]) => {
    const { out, err, code } = await train(...args);
    expect(code, err).toBe(0);
    return { ...JSON.parse(out), err };
  };
  const applied = async (adapter: string) => {
    const args = ["--model", "m", "--adapter", adapter, "--out", `${adapter}-applied`, "--json"];
    const { out, err, code } = await call(["esft", "apply", ...args], { cwd });
    expect(code, err).toBe(0);
    return { ...JSON.parse(out), bits: await bitsOf(join(cwd, `${adapter}-applied`)) };
  };
  const lossOf = async (...args: string[]) => {
    const sizes = ["--data", "task.jsonl", "--sequence-length", "64", "--json"];
    const { out } = await call(["esft", "evaluate", ...sizes, ...args], { cwd });
    return JSON.parse(out).loss as number;
  };

  it("changes the chosen experts alone, says what memory that takes, and stores an adapter", async () => {
    const { parameters, trainedParameters, dataBytes, best, err } = await trained(
      ...["--expert-config", "e.json", "--out", "a", "--keep", "last"],
    );
    expect(parameters).toBe(2 * 3 * 16 * 8);
    expect(trainedParameters).toBe(parameters);
    expect(dataBytes).toBe(4 * parameters);
    expect(best).toBeUndefined();
    expect(err).toMatch(/Memory for a training step: about .*gradients/);
    const before = await bitsOf(join(cwd, "m"));
    const { bits, experts, weights } = await applied("a");
    expect(experts).toEqual({ 1: [2, 0] });
    expect(weights).toBe(6);
    const changed = [...before.keys()].filter((name) => before.get(name) !== bits.get(name));
    expect(changed.sort()).toEqual(
      [0, 2].flatMap((e) =>
        ["down", "gate", "up"].map((part) => `model.layers.1.mlp.experts.${e}.${part}_proj.weight`),
      ),
    );
    expect(await lossOf("--model", "m", "--adapter", "a")).toBe(
      await lossOf("--model", "a-applied"),
    );
  });

  it("trains all weights or low-rank factors by the same trainer, and takes them back", async () => {
    const full = await trained("--method", "full", "--out", "f");
    const lora = await trained("--method", "lora", "--lora-rank", "2", "--out", "l");
    expect(full.parameters).toBe(full.trainedParameters);
    expect(lora.parameters).toBe(lora.trainedParameters);
    expect(lora.parameters).toBeLessThan(full.parameters);
    expect(JSON.parse(await readFile(join(cwd, "l", "adapter_config.json"), "utf8"))).toMatchObject(
      {
        peft_type: "LORA",
        r: 2,
        lora_alpha: 4,
      },
    );
    const untrained = await lossOf("--model", "m");
    expect(await lossOf("--model", "f")).toBeLessThan(untrained);
    const tuned = await lossOf("--model", "m", "--adapter", "l");
    expect(tuned).toBeLessThan(untrained);
    const { bits, weights, experts } = await applied("l");
    expect(experts).toBeUndefined();
    const before = await bitsOf(join(cwd, "m"));
    const changed = [...before.keys()].filter((name) => before.get(name) !== bits.get(name));
    expect(changed.length).toBeLessThanOrEqual(weights);
    expect(changed.some((name) => /embed|lm_head|norm|mlp\.gate\.weight/.test(name))).toBe(false);
    expect(await lossOf("--model", "l-applied")).toBe(tuned);
  });

  it("trains on whole conversations, or as the official packer, and reports what is cut", async () => {
    const run = (out: string, ...args: string[]) =>
      trained("--expert-config", "e.json", "--out", out, "--steps", "1", ...args);
    const whole = await run("whole");
    expect(whole.packing).toEqual({
      conversations: 7,
      sequences: 7,
      cut: 0,
      tooLong: 0,
      unlabelled: 0,
    });
    expect(whole.heldOut).toEqual({ conversations: 1, tooLong: 0 });
    expect(whole.err).toMatch(/7 conversations in sequences of 32 tokens, 0\.0.% cut/);
    const official = await run("official", "--packing", "official", "--random-concat-ratio", "0");
    expect(official.packing).toMatchObject({ conversations: 7, tooLong: 0 });
    expect(official.packing.cut).toBeGreaterThan(2);
    const short = await train(
      "--expert-config",
      "e.json",
      "--out",
      "short",
      "--sequence-length",
      "9",
    );
    expect(short).toMatchObject({ code: 2, err: expect.stringContaining("--sequence-length") });
  });

  it("leaves out conversations in which nothing is trained", async () => {
    const silent = { role: "assistant", content: "hm", mask: 1 };
    const records = conversations.map(({ messages }, i) =>
      i % 2 === 0 ? { messages: [messages[0], silent] } : { messages },
    );
    await writeFile(join(cwd, "silent.jsonl"), jsonLines(records));
    const args = ["--data", "silent.jsonl", "--batch-size", "1", "--expert-config", "e.json"];
    const { packing, best } = await trained(...args, "--out", "silent", "--steps", "6");
    expect(packing.unlabelled).toBeGreaterThanOrEqual(3);
    expect(best.loss).toBeGreaterThan(0);
  });

  it("attaches low-rank factors to chosen experts only, and trains whole modules beside", async () => {
    const lora = ["--method", "lora", "--lora-rank", "2", "--keep", "last"];
    const chosen = await trained(...lora, "--expert-config", "e.json", "--out", "some");
    expect(chosen.trainedParameters).toBe(2 * 3 * 2 * (16 + 8));
    const saved = await trained(...lora, "--lora-save", "lm_head,embed_tokens", "--out", "saved");
    const base = await trained(...lora, "--out", "factors");
    expect(saved.trainedParameters).toBe(base.trainedParameters + 2 * 259 * 16);
    const config = JSON.parse(await readFile(join(cwd, "saved", "adapter_config.json"), "utf8"));
    expect(config.modules_to_save).toEqual(["lm_head", "embed_tokens"]);
    expect(await lossOf("--model", "m", "--adapter", "saved")).not.toBe(
      await lossOf("--model", "m"),
    );
    const apart = await applied("saved");
    expect(apart.bits.get("lm_head.weight")).not.toBe(
      (await bitsOf(join(cwd, "m"))).get("lm_head.weight"),
    );
  });

  it("mixes general data in, conversations or texts, by the share of sequences", async () => {
    await writeFile(join(cwd, "general.txt"), "one two three ".repeat(60));
    const args = ["--expert-config", "e.json", "--steps", "4", "--batch-size", "1"];
    const mixed = (out: string, file: string, ...more: string[]) =>
      trained(...args, "--out", out, "--general-data", file, ...more);
    const texts = await mixed("texts", "general.txt");
    expect(texts.generalShare).toBe(0.5);
    const chats = await mixed("chats", "task.jsonl", "--general-share", "0.25");
    expect(chats.generalShare).toBe(0.25);
    const weights = (folder: string) => readFile(join(cwd, folder, "adapter_model.safetensors"));
    await trained(...args, "--out", "plain");
    expect(await weights("texts")).not.toEqual(await weights("plain"));
    const fails = (text: string, ...more: string[]) =>
      expect(train(...args, "--out", "none", ...more)).resolves.toMatchObject({
        code: 2,
        err: expect.stringContaining(text),
      });
    await fails("--general-share needs --general-data", "--general-share", "0.5");
    await fails("must be below 1", "--general-data", "general.txt", "--general-share", "1");
    await writeFile(join(cwd, "short.txt"), "one");
    await fails("fewer than a sequence", "--general-data", "short.txt");
    expect(await readdir(cwd)).not.toContain("none");
  });

  it("takes Alpaca-style data with the defaults of the official script", async () => {
    const records = Array.from({ length: 9 }, (_, i) => ({
      instruction: `say ${i}`,
      input: "",
      output: `${i}${i}`,
    }));
    await writeFile(join(cwd, "alpaca.json"), JSON.stringify(records));
    const common = ["--model", "m", "--data", "alpaca.json", "--json", "--method", "lora"];
    const { code, err, out } = await call(
      ["esft", "train", ...common, "--out", "alpaca", "--batch-size", "2"],
      { cwd },
    );
    expect(code, err).toBe(0);
    expect(err).toContain("Alpaca-style data: 3 epochs, 2 steps");
    expect(JSON.parse(out).packing).toMatchObject({ conversations: 8, cut: 0, tooLong: 0 });
    const config = JSON.parse(await readFile(join(cwd, "alpaca", "adapter_config.json"), "utf8"));
    expect(config).toMatchObject({
      r: 8,
      lora_alpha: 32,
      lora_dropout: 0.1,
      modules_to_save: ["embed_tokens", "lm_head"],
    });
    const { settings } = JSON.parse(await readFile(join(cwd, "alpaca", "run.json"), "utf8"));
    expect(settings).toMatchObject({
      sequenceLength: 1024,
      gradientAccumulation: 4,
      lr: 2e-5,
      warmup: 10,
      batchSize: 2,
    });
    await writeFile(join(cwd, "broken.json"), '[{"instruction": "a"}]');
    const broken = await train("--method", "lora", "--data", "broken.json", "--out", "none");
    expect(broken).toMatchObject({
      code: 1,
      err: expect.stringContaining("broken.json: record 1"),
    });
  });

  it("finds the official data sets by name", async () => {
    for (const kind of ["train", "eval"])
      await cp(join(cwd, "task.jsonl"), join(cwd, "datasets", kind, "translation.jsonl"));
    const by = "--base_model_path=m --train_dataset=translation --expert_config=e.json";
    const { code, err } = await call(
      ["esft", "train", ...by.split(" "), "--output_dir=named", ...sizes.split(" ")],
      { cwd },
    );
    expect(code, err).toBe(0);
    for (const command of [
      [
        "esft",
        "evaluate",
        "--base_model_path=m",
        "--eval_dataset=translation",
        "--answers=1",
        "--max-new-tokens=2",
      ],
      ["esft", "score", "--base_model_path=m", "--eval_dataset=translation", "--output_dir=scores"],
    ]) {
      const result = await call(command, { cwd });
      expect(result.code, result.err).toBe(0);
    }
    const missing = await train("--method", "full", "--data", "law", "--out", "none");
    expect(missing).toMatchObject({
      code: 2,
      err: expect.stringMatching(/neither .*law.* nor .*datasets.train.law.jsonl/),
    });
  });

  it("computes activations again where the official configuration says so, with the same result", async () => {
    await writeFile(join(cwd, "again.yaml"), "gradient_checkpointing: true\n");
    const args = ["--method", "full", "--keep", "last", "--steps", "2"];
    await trained(...args, "--out", "kept");
    await trained(...args, "--out", "again", "--train-config", "again.yaml");
    const [kept, again] = await Promise.all(
      ["kept", "again"].map(async (folder) => {
        const model = await loadModel(join(cwd, folder));
        const { data } = await model.readWeight("lm_head.weight");
        model.dispose();
        return data;
      }),
    );
    expect(again).toBeAllclose(kept!, { rtol: 1e-4, atol: 1e-6 });
    expect(() => parseOfficialConfig("gradient_checkpointing: 3", "b.yaml")).toThrow(/b.yaml/);
  });

  it("keeps the weights of the lowest held-out loss, over a resumed training too", async () => {
    const base = ["--expert-config", "e.json", "--lr", "0.3", "--checkpoint-every", "2"];
    const whole = await trained(...base, "--out", "best", "--steps", "6");
    const records = (await readFile(join(cwd, "best", "metrics.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === "eval-end");
    expect(records).toHaveLength(6);
    const lowest = Math.min(...records.map(({ loss }) => loss));
    expect(whole.best.loss).toBe(lowest);
    expect(records.find(({ step }) => step === whole.best.step).loss).toBe(lowest);
    await trained(...base, "--out", "parts", "--steps", "4");
    const resumed = await trained(...base, "--out", "parts", "--steps", "6", "--resume");
    expect(resumed.best).toEqual(whole.best);
    const weights = (folder: string) => readFile(join(cwd, folder, "adapter_model.safetensors"));
    expect(await weights("parts")).toEqual(await weights("best"));
  });

  it("resumes a training of low-rank factors to the weights of an undisturbed one", async () => {
    const base = [
      "--method",
      "lora",
      "--lora-rank",
      "2",
      "--keep",
      "last",
      "--checkpoint-every",
      "1",
    ];
    const file = (folder: string) => readFile(join(cwd, folder, "adapter_model.safetensors"));
    await trained(...base, "--out", "lora-whole", "--steps", "4");
    await trained(...base, "--out", "lora-parts", "--steps", "2");
    const half = await file("lora-parts");
    await trained(...base, "--out", "lora-parts", "--steps", "4", "--resume");
    expect(await file("lora-parts")).toEqual(await file("lora-whole"));
    expect(await file("lora-parts")).not.toEqual(half);
  });

  it("reads the official configuration file; flags go before it", async () => {
    const text = [
      "seed: 7  # of everything",
      "seq_length: 32",
      "per_device_batch_size: 1",
      "n_device: 8",
      "optim: adamw_torch_fused",
      "steps: 2",
      "learning_rate: 0.00001",
      "weight_decay: 0.1",
      "max_grad_norm: 1.0",
      "random_concat_ratio: 0.2",
      "",
      "gradient_accumulation_steps: 3",
      "ep_size: 2",
    ].join("\n");
    expect(parseOfficialConfig(text, "base.yaml")).toEqual({
      seed: 7,
      sequenceLength: 32,
      batchSize: 1,
      steps: 2,
      lr: 0.00001,
      weightDecay: 0.1,
      maxGradNorm: 1,
      randomConcatRatio: 0.2,
      gradientAccumulation: 3,
    });
    await writeFile(join(cwd, "base.yaml"), text);
    const flags = "--base_model_path=m --expert_config=e.json --train_dataset=task.jsonl";
    const more = "--train_config=base.yaml --output_dir=o --steps=1 --json";
    const { code, out, err } = await call(
      ["esft", "train", ...flags.split(" "), ...more.split(" ")],
      { cwd },
    );
    expect(code, err).toBe(0);
    expect(JSON.parse(out).tokens).toBe(1 * 1 * 3 * 32);
    expect(() => parseOfficialConfig("steps: 2\nlearning_rates: 1", "b.yaml")).toThrow(
      /b.yaml: .*learning_rates/s,
    );
    expect(() => parseOfficialConfig("steps: many", "b.yaml")).toThrow(
      "b.yaml: steps must be a number, got a text",
    );
    expect(() => parseOfficialConfig("steps: [2", "b.yaml")).toThrow(/b.yaml: not YAML/);
    for (const text of ["#".repeat(65_537), "? ".repeat(200), "[".repeat(50_000), "steps: {a: 1}"])
      expect(() => parseOfficialConfig(text, "b.yaml")).toThrow(
        expect.objectContaining({ code: "ERR_FORMAT", message: expect.stringContaining("b.yaml") }),
      );
  });

  it.each([
    [config({ 2: [0] }), /bad.json: experts\["1"\] must be there: the block routes/],
    [config({ 0: [0], 1: [0] }), /bad.json: experts\["0"\] must be one of the blocks that route/],
    [config({ 1: [4] }), /bad.json: experts\["1"\]\[0\] must be an expert from 0 to 3, got 4/],
    [config({ 1: [1, 1] }), /bad.json: experts\["1"\] must be a list without repetition/],
    [config({ 1: [] }), /bad.json: experts must name at least one expert/],
    ['{"experts": {"1": [0]', /bad.json: line 1: not JSON \(it ends too soon\)/],
  ])("refuses the configuration %s before it loads or writes anything", async (text, message) => {
    await writeFile(join(cwd, "bad.json"), text);
    const { code, err } = await train("--expert-config", "bad.json", "--out", "none");
    expect(code).toBe(1);
    expect(JSON.parse(err).error.message).toMatch(message);
    expect(await readdir(cwd)).not.toContain("none");
  });

  it("refuses what would be lost or mixed up", async () => {
    const fails = async (code: number, text: string, ...args: string[]) => {
      const result = await train(...args);
      expect(result).toMatchObject({ code, err: expect.stringContaining(text) });
    };
    await fails(2, "--method esft needs --expert-config", "--out", "none");
    await fails(2, "--out must be a folder of its own", "--method", "full", "--out", "m");
    await cp(join(cwd, "e.json"), join(cwd, "taken", "x.safetensors"));
    const chosen = ["--expert-config", "e.json"];
    await fails(2, "must hold no other tensor file", ...chosen, "--out", "taken");
    for (const [data, message] of [
      ["", "there is no record in it"],
      ['{"messages": [}\n', "bad.jsonl: line 1: not JSON (column 15)"],
    ] as const) {
      await writeFile(join(cwd, "bad.jsonl"), data);
      await fails(1, message, ...chosen, "--data", "bad.jsonl", "--out", "none");
    }
    expect(await readdir(cwd)).not.toContain("none");
  });

  it("puts no adapter of another base model on, broken ones neither, and writes nothing then", async () => {
    await trained("--expert-config", "e.json", "--out", "own");
    const other = await loadModel(join(cwd, "m"));
    const name = "model.norm.weight";
    other.writeWeight(
      name,
      (await other.readWeight(name)).data.map((x) => x + 1),
    );
    await cp(join(cwd, "m"), join(cwd, "other"), { recursive: true });
    await saveModel(join(cwd, "other"), other);
    other.dispose();
    const cut = join(cwd, "cut", "adapter_model.safetensors");
    await cp(join(cwd, "own"), join(cwd, "cut"), { recursive: true });
    await writeFile(cut, (await readFile(cut)).subarray(0, 2000));
    for (const [model, adapter, message] of [
      ["other", "own", /own: the base model must have fingerprint .* it is not the model/],
      ["m", "cut", /cut\/adapter_model.safetensors must hold .* but ends at 2000/],
      ["m", "nothing", /--adapter: there is no .*nothing/],
    ] as const)
      for (const command of [
        ["apply", "--out", "none"],
        ["evaluate", "--data", "task.jsonl"],
      ]) {
        const args = ["--model", model, "--adapter", adapter];
        const { code, err } = await call(["esft", ...command, ...args], { cwd });
        expect(code).toBe(adapter === "nothing" ? 2 : 1);
        expect(err).toMatch(message);
        expect(await readdir(cwd)).not.toContain("none");
      }
  });
});

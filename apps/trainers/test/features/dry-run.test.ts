import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { commandsOf } from "../support/all-commands";
import { folderWriters, writeInputs } from "../support/folder-writers";

const cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
afterAll(() => rm(cwd, { recursive: true, force: true }));
await writeInputs(cwd);
const judge = `${folderWriters["prm train --out"]!.args} --out judge`;
expect(await call(judge.split(" "), { cwd })).toMatchObject({ code: 0 });

const isTraining = new Set(
  (await commandsOf(deepgrain))
    .filter(({ command }) => command.isTraining)
    .map(({ path }) => path.join(" ")),
);
const writers = Object.entries(folderWriters).filter(
  ([name, { ends }]) => ends && isTraining.has(name.replace(/ --out$/, "")),
);

it("is there for every command that trains and writes a folder", () => {
  expect(writers.length).toBeGreaterThanOrEqual(13);
});

it.each(writers)(
  "%s --dry-run prints memory, steps and time per step, and writes nothing",
  async (_, { args }) => {
    const before = await readdir(cwd, { recursive: true });
    const words = [...args.split(" "), "--out", "dry", "--dry-run"];
    const { code, out, err } = await call([...words, "--json"], { cwd });
    expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
    const report = JSON.parse(out);
    expect(report.steps).toBeGreaterThan(0);
    expect(report.secondsPerStep).toBeGreaterThan(0);
    expect(report.seconds).toBeCloseTo(report.steps * report.secondsPerStep, 9);
    expect(report.processBytes).toBeGreaterThan(1e7);
    expect(report.memoryBytes).toBeGreaterThan(0);
    expect(await readdir(cwd, { recursive: true })).toEqual(before);
  },
);

it("of a coordinator simulates its clients instead of waiting for them", async () => {
  const words = `${folderWriters["fed coordinator --out"]!.args} --largest 20 --ratio 2 --out dry`;
  const { code, out, err } = await call([...words.split(" "), "--dry-run"], { cwd });
  expect(code, err).toBe(0);
  expect(out).toMatch(/^rounds: 1$/m);
  expect(err).not.toContain("Clients join with");
});

it("of a long training ends after a few steps, and says what it takes", async () => {
  const { args } = folderWriters["pretrain --out"]!;
  const long = args.replace("--steps 1", "--steps 1000000");
  const { code, out, err } = await call([...long.split(" "), "--out", "dry", "--dry-run"], { cwd });
  expect(code, err).toBe(0);
  expect(out).toMatch(/^Dry run: nothing is written\./);
  expect(out).toMatch(/^memory: \d+ MB of tensors at the peak, \d+ MB of the process$/m);
  expect(out).toMatch(/^steps: 1000000$/m);
  expect(out).toMatch(/^time per step: \S+ s, for all about .* without evaluations$/m);
  expect(err).toContain("Memory for a training step");
});

it("reads a configuration, and its switch may stand in it", async () => {
  const { args } = folderWriters["pretrain --out"]!;
  await writeFile(join(cwd, "run.yaml"), "out: dry\ndry-run: true\njson: true\nsteps: 5\n");
  const words = args.split(" ").filter((word, i, all) => ![word, all[i - 1]].includes("--steps"));
  const { code, out } = await call([...words, "--config", "run.yaml"], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(out).steps).toBe(5);
});

it("is refused where the training would be: a folder that holds another run", async () => {
  const { args } = folderWriters["pretrain --out"]!;
  const words = [...args.split(" "), "--out", "used"];
  expect((await call(words, { cwd })).code).toBe(0);
  const before = await readdir(join(cwd, "used"), { recursive: true });
  const again = await call([...words, "--dry-run"], { cwd });
  expect(again).toMatchObject({ code: 2, out: "" });
  expect(again.err).toContain("was used before");
  expect((await call([...words, "--dry-run", "--overwrite"], { cwd })).code).toBe(0);
  expect(await readdir(join(cwd, "used"), { recursive: true })).toEqual(before);
});

it("of pretrain goes on with a model, or with factors of it, and writes nothing", async () => {
  const before = await readdir(cwd, { recursive: true });
  const words =
    "pretrain --model m --data text.txt --mix reward.mjs:0.3 --steps 3 --batch-size 1 --sequence-length 16 --out dry --dry-run --json";
  for (const more of [[], ["--lora-rank", "2"]]) {
    const { code, out, err } = await call([...words.split(" "), ...more], { cwd });
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ steps: 3 });
    expect(err).toMatch(/The model can(not)? be written for llama\.cpp/);
  }
  expect(await readdir(cwd, { recursive: true })).toEqual(before);
});

it("of pretrain says whether the model can be written for llama.cpp", async () => {
  const tried = (config: string) =>
    call(
      `pretrain --data text.txt --model-config ${config} --steps 2 --batch-size 1 --sequence-length 16 --out dry --dry-run`.split(
        " ",
      ),
      { cwd },
    );
  const sizes = { hidden_size: 16, intermediate_size: 16, num_hidden_layers: 1 };
  const heads = { num_attention_heads: 2, num_key_value_heads: 2 };
  await writeFile(
    join(cwd, "dense.json"),
    JSON.stringify({ model_type: "llama", ...sizes, ...heads }),
  );
  const experts = { n_routed_experts: 4, num_experts_per_tok: 2, moe_intermediate_size: 8 };
  const mixture = { model_type: "deepseek", ...sizes, ...heads, ...experts, norm_topk_prob: true };
  await writeFile(join(cwd, "mixture.json"), JSON.stringify(mixture));
  expect((await tried("dense.json")).err).toContain("The model can be written for llama.cpp");
  expect((await tried("mixture.json")).err).toContain(
    "The model cannot be written for llama.cpp: norm_topk_prob must be false",
  );
});

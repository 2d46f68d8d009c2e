import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";
import { saveTinyChatModel } from "../support/tiny-chat-model";

const jsonl = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const turn = (role: string, content: string) => ({ role, content });
const colours = ["red", "blue", "teal", "pink"];
const conversations = colours.map((colour) => ({
  messages: [turn("user", colour), turn("assistant", colour.toUpperCase())],
}));
const pairs = colours.map((colour) => ({
  prompt: [turn("user", colour)],
  chosen: [turn("assistant", "yes")],
  rejected: [turn("assistant", "no")],
}));

let base: string;
beforeAll(async () => {
  base = join(
    await import("node:fs/promises").then(({ mkdtemp }) => mkdtemp("/tmp/deepgrain-")),
    "base",
  );
  await saveTinyChatModel(base);
  return () => rm(join(base, ".."), { recursive: true, force: true });
});

async function folderWith(files: Record<string, readonly unknown[] | string>) {
  const cwd = await temporaryFolder();
  for (const [name, rows] of Object.entries(files))
    await writeFile(join(cwd, name), typeof rows === "string" ? rows : jsonl(rows));
  return cwd;
}

const brief = ["--temperature", "0", "--max-new-tokens", "12"];
const fast = ["--batch-size", "4", "--lr", "0.01", "--held-out", "0"];

describe("align sft", () => {
  it("teaches answers, which generate --chat then gives to the template's prompt", async () => {
    const cwd = await folderWith({ "talks.jsonl": conversations });
    const args = ["align", "sft", "--model", base, "--data", "talks.jsonl", "--out", "tuned"];
    const tuned = await call([...args, ...fast, "--steps", "250", "--json"], { cwd });
    expect(tuned).toMatchObject({ code: 0 });
    expect(JSON.parse(tuned.out).last.loss).toBeLessThan(0.1);
    for (const colour of ["red", "teal"]) {
      const asked = ["generate", "--model", "tuned", "--chat", "--prompt", colour, ...brief];
      const { code, out } = await call(asked, { cwd });
      expect(code).toBe(0);
      expect(out.trim()).toBe(colour.toUpperCase());
    }
    await writeFile(join(cwd, "turns.json"), JSON.stringify([turn("user", "blue")]));
    const listed = ["generate", "--model", "tuned", "--chat", "--messages", "turns.json", ...brief];
    expect((await call(listed, { cwd })).out.trim()).toBe("BLUE");
  });

  it("leaves out malformed rows with --skip-bad-rows, listed and counted", async () => {
    const cwd = await folderWith({ "talks.jsonl": [...conversations, { text: "" }, 7] });
    const args = ["align", "sft", "--model", base, "--data", "talks.jsonl", "--out", "tuned"];
    const refused = await call([...args, ...fast, "--steps", "1"], { cwd });
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain("talks.jsonl: line 5: text must be text with characters");
    const read = await call([...args, ...fast, "--steps", "1", "--skip-bad-rows"], { cwd });
    expect(read).toMatchObject({ code: 0 });
    expect(read.err).toContain("skipped: talks.jsonl: line 5: text must be");
    expect(read.err).toContain("skipped: talks.jsonl: line 6: the row must be");
    expect(read.err).toContain("2 bad rows of talks.jsonl skipped, 4 read");
  });

  it("writes an adapter that generate loads, with the base that it names or a given one", async () => {
    const cwd = await folderWith({ "talks.jsonl": conversations });
    const args = ["align", "sft", "--model", base, "--data", "talks.jsonl", "--out", "tuned"];
    const lora = ["--lora-rank", "8", "--steps", "300", "--lr", "0.02"];
    expect(
      await call([...args, ...fast.slice(0, 2), ...fast.slice(4), ...lora], { cwd }),
    ).toMatchObject({ code: 0 });
    const ask = async (...model: string[]) => {
      const asked = ["generate", ...model, "--chat", "--prompt", "red", ...brief];
      const { code, out, err } = await call(asked, { cwd });
      return code === 0 ? out.trim() : err;
    };
    expect(await ask("--model", "tuned")).toBe("RED");
    expect(await ask("--model", base, "--adapter", "tuned")).toBe("RED");
    expect(await ask("--model", base)).not.toBe("RED");
    expect(await ask("--model", "tuned", "--adapter", "tuned")).toContain("must hold a model");
    const path = join(cwd, "tuned", "adapter_config.json");
    const config = JSON.parse(await readFile(path, "utf8"));
    expect(config.base_model_name_or_path).toBe(base);
    await writeFile(path, JSON.stringify({ ...config, base_model_name_or_path: "gone" }));
    expect(await ask("--model", "tuned")).toContain(
      "where no model is; give --model BASE --adapter",
    );
    await writeFile(path, JSON.stringify({ ...config, base_model_name_or_path: null }));
    expect(await ask("--model", "tuned")).toContain("names no base model");
  });

  it("goes through two stages, the second without some categories, and measures repetitions", async () => {
    const rows = [
      ...conversations,
      { messages: [turn("user", "1+1"), turn("assistant", "=".repeat(20))], category: "math" },
    ];
    const cwd = await folderWith({ "talks.jsonl": rows });
    const args = ["align", "sft", "--model", base, "--data", "talks.jsonl", "--out", "tuned"];
    const stages = ["--steps", "10", "--second-steps", "5", "--repetition-tokens", "12", "--json"];
    const { code, out, err } = await call([...args, ...fast, ...stages], { cwd });
    expect(code).toBe(0);
    const result = JSON.parse(out);
    expect(result.second.steps).toBe(5);
    expect(result.repetition).toHaveLength(3);
    for (const ratio of result.repetition) expect(ratio).toBeGreaterThanOrEqual(0);
    expect(err).toContain("endless repetition before and after");
    const none = [...args.slice(0, -1), "other", "--second-steps", "5", "--without", "math"];
    const only = await folderWith({ "talks.jsonl": rows.slice(-1) });
    expect((await call(none, { cwd: only })).err).toContain("leaves no conversation");
  });

  it("leaves an earlier run as it was where the data do not fit, --overwrite or not", async () => {
    const cwd = await folderWith({
      "talks.jsonl": conversations,
      "long.jsonl": [{ prompt: "a".repeat(80), completion: "b" }],
    });
    const args = ["align", "sft", "--model", base, "--out", "tuned", ...fast, "--steps", "2"];
    expect(await call([...args, "--data", "talks.jsonl"], { cwd })).toMatchObject({ code: 0 });
    const before = await readFile(join(cwd, "tuned", "run.json"), "utf8");
    const { code, err } = await call([...args, "--data", "long.jsonl", "--overwrite"], { cwd });
    expect(code).toBe(1);
    expect(err).toContain("long.jsonl: line 1");
    expect(await readFile(join(cwd, "tuned", "run.json"), "utf8")).toBe(before);
    expect(existsSync(join(cwd, "tuned", "checkpoints", "step-000002"))).toBe(true);
    const far = [...args, "--data", "talks.jsonl", "--max-length", "65", "--overwrite"];
    expect((await call(far, { cwd })).err).toContain("--max-length must be at most 64");
  });
});

describe("a loss that is not finite", () => {
  const nan = "export default (answers) => answers.map(({ text }) => text.length);";
  it.each([
    ["sft", []],
    ["dpo", ["--loss", "ipo"]],
    ["reward", []],
    ["grpo", ["--reward", "reward.mjs", "--max-new-tokens", "4", "--beta", "0"]],
    ["ppo", ["--reward", "reward.mjs", "--max-new-tokens", "4", "--kl", "0"]],
  ])(
    "stops %s, naming step and tensor, with the last good checkpoint kept",
    async (method, more) => {
      const rows =
        { sft: conversations, dpo: pairs, reward: pairs }[method] ??
        colours.map((prompt) => ({ prompt }));
      const cwd = await folderWith({ "rows.jsonl": rows, "reward.mjs": nan });
      const args = ["align", method, "--model", base, "--data", "rows.jsonl", "--out", "tuned"];
      const held = ["sft", "dpo", "reward"].includes(method) ? ["--held-out", "0"] : [];
      const wild = ["--lr", "9e15", "--batch-size", "4", "--checkpoint-every", "1", ...held];
      const { code, err } = await call([...args, ...wild, ...more], { cwd });
      expect(code).toBe(1);
      expect(err).toMatch(/step \d+ is (NaN|not finite|-?Infinity)|no answer can be sampled/);
      expect(err).toMatch(
        /is the first tensor that is not finite|gradient of \S+|is the first weight/,
      );
      expect(existsSync(join(cwd, "tuned", "model.safetensors"))).toBe(false);
      const kept = await readdir(join(cwd, "tuned", "checkpoints"));
      expect(kept.filter((name) => name.startsWith("step-"))).not.toEqual([]);
    },
  );
});

describe("align dpo", () => {
  const args = ["align", "dpo", "--model", base ?? "", "--data", "pairs.jsonl"];
  const start = () => args.map((arg, i) => (i === 3 ? base : arg));

  it("trains an adapter whose reference is the base, and takes the same first steps with stored numbers", async () => {
    const cwd = await folderWith({ "pairs.jsonl": pairs });
    const options = [
      "--steps",
      "20",
      "--batch-size",
      "4",
      "--lr",
      "0.003",
      "--held-out",
      "0.25",
      "--json",
    ];
    const run = async (...more: string[]) => {
      const { code, out, err } = await call([...start(), ...options, ...more], { cwd });
      expect(err.split("\n").filter((line) => line.startsWith("deepgrain"))).toEqual([]);
      expect(code).toBe(0);
      return JSON.parse(out);
    };
    const adapter = await run("--lora-rank", "4", "--out", "adapter");
    expect(adapter.heldOut.accuracy).toBe(1);
    expect(adapter.last.kl).toBeGreaterThan(0);
    expect(existsSync(join(cwd, "adapter", "adapter_model.safetensors"))).toBe(true);
    const whole = await run("--out", "whole");
    const stored = await run("--reference", "precomputed", "--out", "stored");
    expect(stored.last.loss).toBeCloseTo(whole.last.loss, 4);
    expect(existsSync(join(cwd, "stored", "train-reference.json"))).toBe(true);
  });

  it("keeps the KL under its bound, on held-out pairs too, and says where it stopped", async () => {
    const cwd = await folderWith({ "pairs.jsonl": pairs });
    const options = [
      "--steps",
      "50",
      "--lr",
      "0.01",
      "--max-kl",
      "0.05",
      "--held-out",
      "0.25",
      "--evaluate-every",
      "2",
      "--out",
      "tuned",
      "--json",
    ];
    const { code, out, err } = await call([...start(), ...options], { cwd });
    expect(code).toBe(0);
    expect(err).toContain("is above 0.05");
    const { steps, stopped, heldOut } = JSON.parse(out);
    expect(stopped.step).toBeLessThan(stopped.rejected);
    expect(steps).toBe(stopped.step);
    expect(stopped.kl).toBeGreaterThan(0.05);
    expect(heldOut.kl).toBeLessThanOrEqual(0.05);
    const lines = (await readFile(join(cwd, "tuned", "metrics.jsonl"), "utf8")).trim().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: "kl-stop", step: stopped.step });
    const evaluations = lines.filter((line) => line.includes('"eval-end"'));
    expect(err.match(/held-out loss [\d.]+ · accuracy/g)).toHaveLength(evaluations.length);
  });

  it.each([
    [
      "equal answers",
      { prompt: "a", chosen: "yes", rejected: "yes" },
      "line 2: chosen and rejected must differ",
    ],
    ["a row without rejected", { prompt: "a", chosen: "yes" }, "line 2: rejected must be"],
    [
      "a prompt that fills the context",
      { prompt: "a".repeat(80), chosen: "y", rejected: "n" },
      "line 2: prompt must leave room",
    ],
  ])("names the row of %s", async (_, row, message) => {
    const cwd = await folderWith({
      "pairs.jsonl": [{ prompt: "a", chosen: "y", rejected: "n" }, row],
    });
    const { code, err } = await call([...start(), "--out", "tuned"], { cwd });
    expect(code).toBe(1);
    expect(err).toContain(`pairs.jsonl: ${message}`);
  });
});

describe("align kto, orpo and simpo", () => {
  const rows = colours.flatMap((prompt) => [
    { prompt, completion: "yes", label: true },
    { prompt, completion: "no", label: false },
  ]);
  const options = [...fast, "--steps", "40", "--out", "tuned", "--json"];

  it.each(["kto", "orpo", "simpo"])("lowers the loss with %s", async (method) => {
    const cwd = await folderWith({ "rows.jsonl": method === "kto" ? rows : pairs });
    const args = ["align", method, "--model", base, "--data", "rows.jsonl", ...options];
    const { code, out, err } = await call([...args, "--lora-rank", "4"], { cwd });
    expect(code, err).toBe(0);
    expect(JSON.parse(out).last.accuracy).toBe(1);
    expect(existsSync(join(cwd, "tuned", "adapter_model.safetensors"))).toBe(true);
    expect(err).not.toContain("all labels are the same");
  });

  it("warns with the counts where all labels are the same", async () => {
    const cwd = await folderWith({ "rows.jsonl": rows.filter(({ label }) => !label) });
    const args = ["align", "kto", "--model", base, "--data", "rows.jsonl", "--out", "tuned"];
    const { code, err } = await call([...args, ...fast, "--steps", "1"], { cwd });
    expect(code, err).toBe(0);
    expect(err).toContain("all labels are the same: 0 desirable and 4 undesirable answers");
  });
});

describe("align reward, grpo and ppo", () => {
  const prompts = colours.map((colour) => ({ prompt: [turn("user", colour)], wanted: "y" }));
  const module =
    "export default (answers) => answers.map(({ text, row }) => text.split(row.wanted).length - 1);";

  it("trains a reward model, by which grpo trains the policy", async () => {
    const cwd = await folderWith({ "pairs.jsonl": pairs, "prompts.jsonl": prompts });
    const judge = ["align", "reward", "--model", base, "--data", "pairs.jsonl", "--out", "judge"];
    const trained = await call(
      [...judge, "--steps", "30", "--lr", "0.005", "--held-out", "0.25", "--json"],
      { cwd },
    );
    expect(JSON.parse(trained.out).heldOut.accuracy).toBe(1);
    const policy = ["align", "grpo", "--model", base, "--data", "prompts.jsonl", "--out", "tuned"];
    const options = [
      "--reward-model",
      "judge",
      "--steps",
      "2",
      "--batch-size",
      "2",
      "--max-new-tokens",
      "4",
    ];
    const { code, out } = await call(
      [...policy, ...options, "--lora-rank", "2", "--merge", "--json"],
      { cwd },
    );
    expect(code).toBe(0);
    expect(JSON.parse(out).last).toMatchObject({
      reward: expect.any(Number),
      kl: expect.any(Number),
    });
    expect(existsSync(join(cwd, "tuned", "model.safetensors"))).toBe(true);
  });

  it.each([
    ["grpo", ["--group-size", "8", "--updates", "2", "--beta", "0"]],
    ["ppo", ["--group-size", "4", "--epochs", "2", "--kl", "0"]],
  ])("raises a module's reward with %s", async (method, more) => {
    const cwd = await folderWith({ "prompts.jsonl": prompts, "reward.mjs": module });
    const args = ["align", method, "--model", base, "--data", "prompts.jsonl", "--out", "tuned"];
    const options = [
      "--reward",
      "reward.mjs",
      "--steps",
      "120",
      "--batch-size",
      "4",
      "--lr",
      "0.003",
    ];
    const { code, err } = await call([...args, ...options, ...more, "--max-new-tokens", "6"], {
      cwd,
    });
    expect(err.includes("ERR")).toBe(false);
    expect(code).toBe(0);
    const lines = (await readFile(join(cwd, "tuned", "metrics.jsonl"), "utf8")).trim().split("\n");
    const rewards = lines.map((line) => JSON.parse(line).scalars?.reward as number);
    const mean = (part: number[]) => part.reduce((sum, x) => sum + x, 0) / part.length;
    expect(mean(rewards.slice(-8))).toBeGreaterThan(mean(rewards.slice(0, 8)) + 1);
  });

  it.each([
    [
      "two sources of reward",
      ["--reward", "reward.mjs", "--reward-model", "."],
      2,
      "give either --reward or --reward-model",
    ],
    [
      "a reward that is NaN",
      ["--reward", "nan.mjs"],
      1,
      "rewards[0] must be a finite number, got NaN",
    ],
    [
      "answers that do not fit",
      ["--reward", "reward.mjs", "--max-new-tokens", "60"],
      1,
      "prompts.jsonl: line 1: prompt must have",
    ],
  ])("refuses %s", async (_, more, wanted, message) => {
    const nan = "export default (answers) => answers.map(() => Number.NaN);";
    const cwd = await folderWith({
      "prompts.jsonl": prompts,
      "reward.mjs": module,
      "nan.mjs": nan,
    });
    const args = ["align", "ppo", "--model", base, "--data", "prompts.jsonl", "--out", "tuned"];
    const { code, err } = await call([...args, "--max-new-tokens", "4", "--kl", "0", ...more], {
      cwd,
    });
    expect(err).toContain(message);
    expect(code).toBe(wanted);
  });
});

describe("generate --chat", () => {
  it.each([
    [["--chat"], "give either --prompt or --messages"],
    [["--prompt", "a", "--system", "b"], "need --chat"],
    [["--chat", "--ids", "package.json"], "--chat needs"],
  ])("refuses %j", async (more, message) => {
    const { code, err } = await call(["generate", "--model", base, ...more]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { deepgrain } from "../../src/commands";
import { call } from "../call";
import { commandsOf } from "../support/all-commands";
import { writeInputs } from "../support/folder-writers";

const cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
afterAll(() => rm(cwd, { recursive: true, force: true }));
await writeInputs(cwd);
await writeFile(join(cwd, "ids.json"), JSON.stringify({ input_ids: [[1, 2, 3, 4]] }));

/** Commands with a model and no `--dtype`, and why. */
const without: Readonly<Record<string, string>> = {
  "align sft": "trains the model, which has float32",
  "align orpo": "trains the model, which has float32",
  "align simpo": "trains the model, which has float32",
  "align reward": "trains the model, which has float32",
  "esft train": "trains the model, which has float32",
  extend: "trains the model, which has float32",
  pretrain: "trains the model, which has float32",
  "prm train": "trains the model, which has float32",
  "esft apply": "writes the sum of model and adapter, made in float32",
  "moe upcycle": "copies the weights, read as float32",
  "anchors flow": "takes gradients through the weights, which are float32",
  "anchors reweight": "takes gradients through the weights, which are float32",
  "esft select": "reads the model's config.json",
  "purify attack": "encoders have float32",
  "purify fisher": "encoders have float32",
  "purify defend": "encoders have float32",
};

it("every command with a model has --dtype, or a reason", async () => {
  const models = (await commandsOf(deepgrain)).filter(({ command }) =>
    Object.values(command.flags).some(({ hub }) => hub?.includes("model")),
  );
  expect(models.length).toBeGreaterThan(25);
  const missing = models
    .filter(({ command }) => command.flags.dtype === undefined)
    .map(({ path }) => path.join(" "));
  expect(missing.sort()).toEqual(Object.keys(without).sort());
});

const logitsOf = async (dtype: string): Promise<number[]> => {
  const args = ["logits", "--model", "m", "--ids", "ids.json", "--dtype", dtype];
  const { code, out, err } = await call(args, { cwd });
  expect(code, err).toBe(0);
  return JSON.parse(out).logits.data;
};

const difference = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe("--dtype", () => {
  it("changes the logits a little, bfloat16 and int8 each in their way", async () => {
    const exact = await logitsOf("float32");
    for (const dtype of ["bfloat16", "int8"]) {
      const far = difference(exact, await logitsOf(dtype));
      expect(far, dtype).toBeGreaterThan(0);
      expect(far, dtype).toBeLessThan(0.1);
    }
  });

  /** What a command prints, or writes where it has an `OUT`, without names of types and files. */
  const resultOf = async (line: string, dtype: string, run: number): Promise<string> => {
    const file = `out-${line.split(" ").slice(0, 2).join("-")}-${dtype}-${run}`;
    const args = [...line.replace("OUT", file).split(" "), "--dtype", dtype];
    const { code, out, err } = await call(args, { cwd });
    expect(code, err).toBe(0);
    const read = (path: string) => readFile(join(cwd, path), "utf8");
    const written = {
      coder: async () => (await read(file)).match(/"completion":"(?:[^"\\]|\\.)*"/g)!.join("\n"),
      esft: () => read(join(file, "summary.json")),
    }[line.split(" ")[0]!];
    const text = `${out}\n${line.includes("OUT") ? await written!() : ""}`;
    return text.replaceAll(file, "OUT").replaceAll(dtype, "DTYPE");
  };

  it.each([
    "esft evaluate --model m --data chats.jsonl --metric none --json",
    "esft score --model m --data chats.jsonl --out OUT --json",
    "moe inspect --model m --data text.txt --json",
    "prm verify --model chat --problem 1+1 --n 4 --max-new-tokens 48 --json",
    "anchors isolate --items 12 --mode zero --json",
    "anchors auc --items 60 --json",
    "anchors compress --items 4 --json",
    "anchors diagnose --items 4 --json",
    "coder evaluate --model chat --tasks tasks.jsonl --max-new-tokens 24 --json --out OUT",
  ])("is passed on by %s", async (line) => {
    const exact = await resultOf(line, "float32", 1);
    expect(await resultOf(line, "float32", 2)).toBe(exact);
    expect(await resultOf(line, "int8", 1)).not.toBe(exact);
  });

  it.each(["dpo", "grpo", "ppo"])("is that of the reference of align %s", async (name) => {
    const data =
      name === "dpo"
        ? "pairs.jsonl"
        : "prompts.jsonl --reward reward.mjs --group-size 2 --max-new-tokens 2";
    const rest = `--model chat --steps 1 --batch-size 2 --data ${data} --json`.split(" ");
    const losses: number[] = [];
    for (const dtype of ["float32", "int8"]) {
      const own = ["align", name, ...rest, "--out", `${name}-${dtype}`, "--dtype", dtype];
      const { code, out, err } = await call(own, { cwd });
      expect(code, err).toBe(0);
      losses.push(JSON.parse(out).last.loss);
    }
    expect(losses[0]).not.toBe(losses[1]);
  });
});

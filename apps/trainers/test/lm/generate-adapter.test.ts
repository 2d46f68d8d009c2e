import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonLines, writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";

const conversations = Array.from({ length: 8 }, (_, i) => ({
  messages: [
    { role: "user", content: `say ${i % 3}` },
    { role: "assistant", content: `${i % 3}${i % 3}` },
  ],
}));

let cwd: string;

async function run(...args: string[]): Promise<string> {
  const { code, out, err } = await call(args, { cwd });
  expect(code, err).toBe(0);
  return out;
}

const prompt = ["--prompt", "say 1", "--temperature", "0", "--max-new-tokens", "6"];
const textOf = async (...args: string[]): Promise<string> =>
  JSON.parse(await run("generate", ...args, ...prompt, "--json")).text;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
  await writeTinyModel(join(cwd, "m"));
  await writeFile(join(cwd, "task.jsonl"), jsonLines(conversations));
  await writeFile(join(cwd, "e.json"), JSON.stringify({ experts: { 1: [2, 0] } }));
  const sizes = ["--steps", "9", "--batch-size", "2", "--sequence-length", "32", "--lr", "0.3"];
  const model = ["--model", "m", "--data", "task.jsonl"];
  await run("esft", "train", ...model, "--expert-config", "e.json", "--out", "a", ...sizes);
  const lora = ["--method", "lora", "--lora-rank", "2"];
  await run("esft", "train", ...model, ...lora, "--out", "l", ...sizes);
  return () => rm(cwd, { recursive: true, force: true });
});

describe("generate --adapter", () => {
  it.each([
    ["trained experts", "a"],
    ["LoRA", "l"],
  ])("continues as the model with %s put in for good", async (_, adapter) => {
    await run("esft", "apply", "--model", "m", "--adapter", adapter, "--out", `applied-${adapter}`);
    const own = await textOf("--model", "m", "--adapter", adapter);
    expect(own).toBe(await textOf("--model", `applied-${adapter}`));
    expect(own).not.toBe(await textOf("--model", "m"));
  });

  it("prints the continuations without the adapter and with it", async () => {
    const without = await textOf("--model", "m");
    const adapted = await textOf("--model", "m", "--adapter", "a");
    const both = ["generate", "--model", "m", "--adapter", "a", "--both", ...prompt];
    expect(JSON.parse(await run(...both, "--json"))).toEqual({
      prompt: "say 1",
      without,
      with: adapted,
    });
    const lines = await run(...both);
    expect(lines).toMatch(/^without the adapter: +say 1/);
    expect(lines).toContain("\nwith the adapter:    say 1");
  });

  it("refuses --both without an adapter or with ids", async () => {
    const { code, err } = await call(["generate", "--model", "m", "--both", ...prompt], { cwd });
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining("--both needs --adapter, and --prompt or --messages"),
    });
  });

  it("refuses a folder that is no adapter", async () => {
    const args = ["generate", "--model", "m", "--adapter", "void", ...prompt];
    await mkdir(join(cwd, "void"));
    const { code, err } = await call(args, { cwd });
    expect(code).toBe(2);
    expect(err).toContain("--adapter: there is no");
  });
});

import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { killCommands } from "../support/kill-commands";
import { contentsOf } from "../support/program";

const sizes = "--vocab-size 300 --steps 6 --batch-size 2 --sequence-length 32 --checkpoint-every 2";

/** A folder with a text, a model configuration `m`, and ways to train on it. */
async function library() {
  const cwd = await temporaryFolder();
  await killCommands.find(({ name }) => name === "pretrain")!.prepare(cwd);
  await killCommands.find(({ name }) => name === "esft train")!.prepare(cwd);
  const common = ["--data", "text.txt", "--model-config", "m/config.json", ...sizes.split(" ")];
  const pretrain = (...args: string[]) => call(["pretrain", ...common, ...args], { cwd });
  const path = (...parts: string[]) => join(cwd, ...parts);
  return {
    cwd,
    pretrain,
    path,
    weights: (out: string) => readFile(path(out, "model.safetensors")),
  };
}

const stepsIn = async (folder: string) => (await readdir(join(folder, "checkpoints"))).sort();

describe("a run folder", () => {
  it("is refused by a second training, which would lose its checkpoints, and left as it is", async () => {
    const { pretrain, path, weights } = await library();
    expect(await pretrain("--out", "s", "--seed", "1")).toMatchObject({ code: 0 });
    const before = await weights("s");
    const { code, err } = await pretrain("--out", "s", "--seed", "2");
    expect(code).toBe(2);
    expect(err).toMatch(/s was used before \(it holds checkpoints, metrics\.jsonl.*--overwrite/);
    expect(await stepsIn(path("s"))).toEqual(["step-000004", "step-000006"]);
    expect(await weights("s")).toEqual(before);
  });

  it("is not resumed with other settings or data, each named with both values", async () => {
    const { pretrain, path } = await library();
    await pretrain("--out", "s", "--seed", "1");
    const refused = async (...args: string[]) => {
      const { code, err } = await pretrain("--out", "s", "--resume", ...args);
      expect(code).toBe(2);
      return err;
    };
    expect(await refused("--seed", "2", "--lr", "0.1")).toContain(
      "was begun otherwise: --lr was 0.003, is 0.1; --seed was 1, is 2",
    );
    expect(await refused("--seed", "1", "--batch-size", "3")).toContain("--batch-size was 2, is 3");
    await writeFile(path("other.txt"), "another text ".repeat(500));
    expect(await refused("--seed", "1", "--data", "other.txt")).toMatch(
      /data\.texts\.sha256 was "[0-9a-f]+", is "[0-9a-f]+".*bytes was/,
    );
    expect(await refused("--seed", "1", "--tokenizer", "m")).toContain(
      "--vocab-size was 300, is null",
    );
    const same = await pretrain("--out", "s", "--resume", "--seed", "1", "--checkpoint-every", "3");
    expect(same).toMatchObject({ code: 0 });
  });

  it("begins anew with --overwrite to the result of a fresh folder, and only our files go", async () => {
    const { pretrain, path, weights } = await library();
    await pretrain("--out", "s", "--seed", "1", "--data", "m/config.json");
    await mkdir(path("s", "checkpoints", "mine"));
    await writeFile(path("s", "notes.txt"), "mine");
    await mkdir(path("s", "checkpoints", "step-999999"));
    expect(await pretrain("--out", "s", "--seed", "2", "--overwrite")).toMatchObject({ code: 0 });
    expect(await stepsIn(path("s"))).toEqual(["mine", "step-000004", "step-000006", "step-999999"]);
    expect(await readFile(path("s", "notes.txt"), "utf8")).toBe("mine");
    await pretrain("--out", "fresh", "--seed", "2");
    expect(await weights("s")).toEqual(await weights("fresh"));
    const both = await pretrain("--out", "s", "--resume", "--overwrite");
    expect(both).toMatchObject({ code: 2, err: expect.stringContaining("either --resume or") });
  });

  it("is left as it is by every other command, --overwrite or not", async () => {
    const { cwd, pretrain, path } = await library();
    expect(await pretrain("--out", "s")).toMatchObject({ code: 0 });
    const before = await contentsOf(path("s"));
    const others = [
      "fed simulate --rounds 1 --clients 2 --largest 10 --out s",
      "esft score --model m --data task.jsonl --out s",
      "convert m --out s",
    ];
    for (const line of others)
      for (const more of [[], ["--overwrite"]]) {
        const { code, err } = await call([...line.split(" "), ...more], { cwd });
        expect({ code, err }, line).toEqual({
          code: 2,
          err: expect.stringMatching(/s holds (what `deepgrain pretrain` wrote|the folder ch)/),
        });
      }
    expect(await contentsOf(path("s"))).toEqual(before);
  });

  it("that another command left with nothing but its record is taken", async () => {
    const { cwd, pretrain, path } = await library();
    expect(await pretrain("--out", "s")).toMatchObject({ code: 0 });
    for (const name of await readdir(path("s")))
      if (name !== "run.json") await rm(path("s", name), { recursive: true });
    const score = ["esft", "score", "--model", "m", "--data", "task.jsonl", "--out", "s"];
    expect(await call(score, { cwd })).toMatchObject({ code: 0 });
  });

  it("of a run that failed before its first step is gone, its tokenizer too", async () => {
    const { pretrain, path } = await library();
    const failed = await pretrain("--out", "s", "--drop-devices", "3");
    expect(failed).toMatchObject({ code: 2, err: expect.stringContaining("must divide") });
    expect(existsSync(path("s"))).toBe(false);
    expect(await pretrain("--out", "s", "--vocab-size", "280")).toMatchObject({ code: 0 });
    const { vocab_size } = JSON.parse(await readFile(path("s", "config.json"), "utf8"));
    expect(vocab_size).toBe(280);
  });

  it("without a record is not resumed, and somebody's model is not trained over", async () => {
    const { pretrain, path } = await library();
    await pretrain("--out", "s");
    await rm(path("s", "run.json"));
    const resumed = await pretrain("--out", "s", "--resume");
    expect(resumed).toMatchObject({
      code: 2,
      err: expect.stringContaining("it holds no run.json"),
    });
    const over = await pretrain("--out", "m");
    expect(over).toMatchObject({
      code: 2,
      err: expect.stringContaining("holds config.json, but no run.json that lists it"),
    });
  });

  it("of esft train tells model, conversations and experts apart", async () => {
    const { cwd, path } = await library();
    const args = ["esft", "train", "--model", "m", "--data", "task.jsonl", "--out", "a"];
    const rest = ["--expert-config", "e.json", "--steps", "2", "--sequence-length", "32"];
    const train = (...more: string[]) => call([...args, ...rest, ...more], { cwd });
    expect(await train()).toMatchObject({ code: 0 });
    expect(await train()).toMatchObject({ code: 2, err: expect.stringContaining("used before") });
    expect((await train("--resume", "--lr", "0.1")).err).toContain("lr was 0.001, is 0.1");
    await cp(path("m"), path("m2"), { recursive: true });
    await writeFile(
      path("m2", "tokenizer.json"),
      `${await readFile(path("m2", "tokenizer.json"))} `,
    );
    expect((await train("--resume", "--model", "m2")).err).toContain("data.model.sha256 was");
    await writeFile(path("e.json"), JSON.stringify({ experts: { 1: [1] } }));
    expect((await train("--resume")).err).toContain("data.experts.sha256 was");
  });
});

describe("resuming on the command line", () => {
  it("passes over a damaged checkpoint with a note, to the result of the undisturbed run", async () => {
    const { pretrain, path, weights } = await library();
    await pretrain("--out", "whole");
    await cp(path("whole"), path("s"), { recursive: true });
    await rm(path("s", "model.safetensors"));
    await truncate(path("s", "checkpoints", "step-000006", "model.safetensors"), 1000);
    const { code, err } = await pretrain("--out", "s", "--resume");
    expect(code, err).toBe(0);
    expect(err).toMatch(/passed over the checkpoint of step 6: .*model\.safetensors/);
    expect(err).toContain("goes on after step 4 of 6");
    expect(await weights("s")).toEqual(await weights("whole"));
  });

  it("removes what a killed run left, and nothing else", async () => {
    const { pretrain, path } = await library();
    await pretrain("--out", "s");
    const own = "1073741824-7-0f8e9d7c-1111-4222-8333-444455556666.tmp";
    await mkdir(path("s", "checkpoints", `step-000006.${own}`));
    await writeFile(path("s", `metrics.jsonl.${own}`), "");
    await writeFile(path("s", "thesis.tmp"), "");
    expect(await pretrain("--out", "s", "--resume")).toMatchObject({ code: 0 });
    expect(await stepsIn(path("s"))).toEqual(["step-000004", "step-000006"]);
    const names = await readdir(path("s"));
    expect(names.filter((name) => name.endsWith(".tmp"))).toEqual(["thesis.tmp"]);
  });
});

describe("pretrain --tokenizer", () => {
  it("takes a folder's tokenizer into a new folder", async () => {
    const { pretrain, path } = await library();
    const { code, err } = await pretrain("--tokenizer", "m", "--out", "deep/new");
    expect(code, err).toBe(0);
    expect(await readFile(path("deep", "new", "tokenizer.json"))).toEqual(
      await readFile(path("m", "tokenizer.json")),
    );
  });

  it("says which file is missing", async () => {
    const { pretrain, path } = await library();
    await mkdir(path("empty"));
    const { code, err } = await pretrain("--tokenizer", "empty", "--out", "new");
    expect({ code, err }).toMatchObject({ code: 2 });
    expect(err).toContain(`--tokenizer: there is no ${path("empty", "tokenizer.json")}`);
    expect(existsSync(path("new"))).toBe(false);
  });
});

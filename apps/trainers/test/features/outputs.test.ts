import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";
import { contentsOf, filesIn } from "../support/program";

/** Writes files of a user, each with its own path as its text. */
async function writeOwn(folder: string, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), path);
  }
}

/** A folder with the tiny model `m` and an adapter `a` of it. */
async function withAdapter(): Promise<string> {
  const cwd = await temporaryFolder();
  await writeTinyModel(join(cwd, "m"));
  await writeFile(join(cwd, "e.json"), JSON.stringify({ experts: { 1: [2] } }));
  const message = (role: string) => ({ role, content: "one" });
  const line = JSON.stringify({ messages: [message("user"), message("assistant")] });
  await writeFile(join(cwd, "t.jsonl"), `${line}\n${line}\n`);
  const args = ["--model", "m", "--expert-config", "e.json", "--data", "t.jsonl", "--out", "a"];
  const sizes = ["--steps", "1", "--batch-size", "1", "--sequence-length", "32"];
  const { code, err } = await call(["esft", "train", ...args, ...sizes], { cwd });
  expect(code, err).toBe(0);
  return cwd;
}

describe.each(["deepseek-moe", "esft"])("compare %s", (paper) => {
  const own = ["docs/thesis.old", "notes.tmp", "backup.old/photo.jpg", "docs/a.tmp/b"];

  it("refuses a folder of the user's, and leaves every file in it", async () => {
    const cwd = await temporaryFolder();
    await writeOwn(join(cwd, "v"), ...own);
    const args = ["compare", paper, "--quick", "--seeds", "1", "--steps", "1", "--out", "v"];
    const { code, err } = await call(args, { cwd });
    expect(code).toBe(2);
    expect(err).toMatch(/--out must be a new or empty folder/);
    expect(await filesIn(join(cwd, "v"))).toEqual([...own].sort());
  });

  it("deletes nothing of the user's in a folder of its own either", async () => {
    const cwd = await temporaryFolder();
    const args = ["compare", paper, "--quick", "--seeds", "1", "--steps", "1", "--out", "v"];
    const abort = new AbortController();
    const stopped = call(args, { cwd, signal: abort.signal });
    const marks = ["study.json", "data.json"].map((name) => join(cwd, "v", name));
    let hasEnded = false;
    void stopped.then(() => {
      hasEnded = true;
    });
    while (!marks.some(existsSync) && !hasEnded) await new Promise((done) => setTimeout(done, 2));
    abort.abort(new Error("stop"));
    expect((await stopped).code).toBe(130);
    await writeOwn(join(cwd, "v"), ...own);
    expect((await call([...args, "--steps", "2"], { cwd })).err).toMatch(/teps was 1, is 2/);
    expect((await call(args, { cwd, signal: abort.signal })).code).toBe(130);
    for (const path of own) expect(existsSync(join(cwd, "v", path)), path).toBe(true);
  });
});

describe("esft apply and convert", () => {
  it("refuse an output that contains an input, also by a link, and leave it whole", async () => {
    const cwd = await withAdapter();
    await cp(join(cwd, "m"), join(cwd, "proj", "model"), { recursive: true });
    await symlink(join(cwd, "proj"), join(cwd, "link"));
    const before = await filesIn(join(cwd, "proj"));
    for (const out of ["proj", "proj/model", "link", "."]) {
      const args = ["esft", "apply", "--model", "proj/model", "--adapter", "a", "--out", out];
      const { code, err } = await call(args, { cwd });
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining("contains the input"),
      });
      const converted = await call(["convert", "proj/model", "--out", out], { cwd });
      expect(converted).toMatchObject({ code: 2 });
    }
    expect(await filesIn(join(cwd, "proj"))).toEqual(before);
  });

  it.each([
    ["files of the user", ["docs/sub/file.txt"], "holds the folder docs"],
    ["a model that no record lists", ["config.json", "notes.txt"], "holds config.json"],
    [
      "a folder named as a model's file",
      ["tokenizer.json/mine"],
      "holds the folder tokenizer.json",
    ],
    ["weights without a record", ["model.safetensors"], "holds model.safetensors"],
  ])("refuse to replace a folder with %s", async (_, own, reason) => {
    const cwd = await withAdapter();
    await writeOwn(join(cwd, "out"), ...own);
    const out = ["--out", "out"];
    for (const args of [
      ["esft", "apply", "--model", "m", "--adapter", "a"],
      ["convert", "m"],
    ]) {
      const { code, err } = await call([...args, ...out], { cwd });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(reason) });
    }
    for (const path of own) expect(await readFile(join(cwd, "out", path), "utf8")).toBe(path);
    expect(await filesIn(join(cwd, "out"))).toEqual([...own].sort());
  });

  it("replace a model folder that they wrote, with --overwrite", async () => {
    const cwd = await withAdapter();
    const convert = (dtype: string, ...more: string[]) =>
      call(["convert", "m", "--dtype", dtype, "--out", "deep/out", ...more], { cwd });
    expect(await convert("f32")).toMatchObject({ code: 0 });
    const first = await readFile(join(cwd, "deep", "out", "model.safetensors"));
    expect(await convert("bf16")).toMatchObject({
      code: 2,
      err: expect.stringContaining("replace it with --overwrite"),
    });
    expect(await readFile(join(cwd, "deep", "out", "model.safetensors"))).toEqual(first);
    expect(await convert("bf16", "--overwrite")).toMatchObject({ code: 0 });
    const second = await readFile(join(cwd, "deep", "out", "model.safetensors"));
    expect(second.length).toBeLessThan(first.length);
    expect(await readdir(join(cwd, "deep"))).toEqual(["out"]);
  });

  it("leave a model folder that the other command wrote, --overwrite or not", async () => {
    const cwd = await withAdapter();
    expect(await call(["convert", "m", "--out", "o"], { cwd })).toMatchObject({ code: 0 });
    const before = await contentsOf(join(cwd, "o"));
    const apply = ["esft", "apply", "--model", "m", "--adapter", "a", "--out", "o"];
    for (const more of [[], ["--overwrite"]])
      expect(await call([...apply, ...more], { cwd })).toMatchObject({
        code: 2,
        err: expect.stringMatching(
          /o holds what `deepgrain convert` wrote \(.*\), which `deepgrain esft apply` never replaces/,
        ),
      });
    expect(await contentsOf(join(cwd, "o"))).toEqual(before);
  });
});

describe("locks", () => {
  /** A lock file as this very process would hold it. */
  async function holdLock(path: string): Promise<void> {
    const holder = {
      pid: process.pid,
      start: "0",
      host: hostname(),
      what: "deepgrain x",
      since: "now",
    };
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(holder));
  }

  it.each([
    ["esft score --model m --data t.jsonl --out o", "o/.lock"],
    ["esft select --scores s --out o/e.json", "o/e.json.lock"],
    ["esft select --scores s --output-dir o --eval-datasets a", "o/.lock"],
    ["esft train --model m --expert-config e.json --data t.jsonl --out o", "o/.lock"],
    ["esft apply --model m --adapter a --out o", "o.lock"],
    ["compare esft --quick --out o", "o/.lock"],
    ["compare deepseek-moe --quick --out o", "o/.lock"],
    ["pretrain --data t.jsonl --out o", "o/.lock"],
    ["moe upcycle --model m --out o", "o.lock"],
    ["convert m --out o", "o.lock"],
    ["logits --model m --ids i.json --out o.json", "o.json.lock"],
    ["generate --model m --ids i.json --out o.json", "o.json.lock"],
    ["watermark calibrate --profile p.json --corpus c.json --out o.json", "o.json.lock"],
    ["watermark calibrate --profile p.json --corpus c.json --profile-out q.json", "q.json.lock"],
    ["start --quick --name o --runs .", "o/.lock"],
  ])("keep a second process out of the output of %s", async (line, lock) => {
    const cwd = await temporaryFolder();
    for (const name of ["m", "a", "s"]) await mkdir(join(cwd, name));
    const inputs = ["c.json", "e.json", "i.json", "p.json", "t.jsonl"];
    for (const name of inputs) await writeFile(join(cwd, name), "");
    await holdLock(join(cwd, lock));
    const { code, err } = await call(line.split(" "), { cwd });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/\.lock is held by "deepgrain x" \(process \d+, since now\)/),
    });
    expect(await filesIn(cwd)).toEqual([...inputs, lock].sort());
  });

  it("of processes that are gone are taken over, and given back", async () => {
    const cwd = await temporaryFolder();
    await writeTinyModel(join(cwd, "m"));
    await holdLock(join(cwd, "o.lock"));
    const stale = (await readFile(join(cwd, "o.lock"), "utf8")).replace(
      /"start":"0"/,
      '"start":"1"',
    );
    await writeFile(join(cwd, "o.lock"), stale);
    expect(await call(["convert", "m", "--out", "o"], { cwd })).toMatchObject({ code: 0 });
    expect((await readdir(cwd)).sort()).toEqual(["m", "o"]);
  });

  it("leave no folder behind where a command fails before it wrote anything", async () => {
    const cwd = await temporaryFolder();
    const { code } = await call(["pretrain", "--data", "none.txt", "--out", "a/b"], { cwd });
    expect(code).toBe(2);
    expect(existsSync(join(cwd, "a", "b"))).toBe(false);
  });
});

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { openGguf } from "@deepgrain/tensor-gpu";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "../call";

/** A tiny mixture; llama.cpp's deepseek does not normalise the weights of the chosen experts. */
async function writeModel(folder: string, normTopkProb = false): Promise<void> {
  await writeTinyModel(folder);
  const path = join(folder, "config.json");
  const config = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...config, norm_topk_prob: normTopkProb }));
}

describe("convert --to gguf", () => {
  it("refuses by name what llama.cpp would read as another model", async () => {
    const cwd = await temporaryFolder();
    await writeModel(join(cwd, "m"), true);
    const { code, err } = await call(["convert", "m", "--to", "gguf", "--out", "g"], { cwd });
    expect(code).toBe(1);
    expect(err).toContain("norm_topk_prob must be false");
    expect(await readdir(cwd)).toEqual(["m"]);
  });

  it("says with --dry-run whether the file can be written, and writes nothing", async () => {
    const cwd = await temporaryFolder();
    await writeModel(join(cwd, "no"), true);
    await writeModel(join(cwd, "yes"));
    const dry = (model: string, ...more: string[]) =>
      call(["convert", model, "--to", "gguf", "--out", "g", "--dry-run", ...more], { cwd });
    expect(await dry("no")).toMatchObject({
      code: 1,
      err: expect.stringContaining("norm_topk_prob must be false"),
    });
    const file = join(cwd, "g", "model.gguf");
    const { code, out, err } = await dry("yes");
    expect(code, err).toBe(0);
    expect(out).toMatch(
      /^Dry run: nothing is written\. .*model\.gguf can be written: \d+ parameters\n$/,
    );
    const { parameters, ...rest } = JSON.parse((await dry("yes", "--json")).out);
    expect(rest).toEqual({ out: file, dtype: "F32", dryRun: true });
    expect(parameters).toBeGreaterThan(0);
    expect((await readdir(cwd)).sort()).toEqual(["no", "yes"]);
  });

  it("writes one file with the model and its tokenizer, which answers as the folder does", async () => {
    const cwd = await temporaryFolder();
    await writeModel(join(cwd, "m"));
    const { code, out, err } = await call(["convert", "m", "--to", "gguf", "--out", "g"], { cwd });
    expect(code, err).toBe(0);
    expect(out).toBe(`${join(cwd, "g", "model.gguf")}\n`);
    expect((await readdir(join(cwd, "g"))).sort()).toEqual(["model.gguf", "run.json"]);
    const path = join(cwd, "g", "model.gguf");
    const [tokenizer, wanted] = await Promise.all([
      loadTokenizer(path),
      loadTokenizer(join(cwd, "m")),
    ]);
    expect(tokenizer.encode("one two 3\n")).toEqual(wanted.encode("one two 3\n"));
    const prompt = ["--prompt", "one", "--temperature", "0", "--max-new-tokens", "5"];
    const [folder, file] = await Promise.all(
      ["m", join("g", "model.gguf")].map((model) =>
        call(["generate", "--model", model, ...prompt], { cwd }),
      ),
    );
    expect(file).toEqual(folder);
    (await loadModel(path)).dispose();
  });

  it("comes back as a folder with its tokenizer, which answers as the file does", async () => {
    const cwd = await temporaryFolder();
    await writeModel(join(cwd, "m"));
    for (const args of [
      ["convert", "m", "--to", "gguf", "--out", "g"],
      ["convert", join("g", "model.gguf"), "--out", "f"],
      ["convert", join("g", "model.gguf"), "--to", "gguf", "--dtype", "f16", "--out", "h"],
    ]) {
      const { code, err } = await call(args, { cwd });
      expect(code, err).toBe(0);
    }
    const names = (await readdir(join(cwd, "f"))).filter((name) => name !== "run.json").sort();
    expect(names).toEqual([
      ...["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
    ]);
    const prompt = ["--prompt", "one", "--temperature", "0", "--max-new-tokens", "5"];
    const [first, again] = await Promise.all(
      ["m", "f"].map((model) => call(["generate", "--model", model, ...prompt], { cwd })),
    );
    expect(again).toEqual(first);
    const given = ["--tokenizer", "m/tokenizer.json", "--out", "x"];
    expect(await call(["convert", join("g", "model.gguf"), ...given], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringContaining("the tokenizer of a folder or of a GGUF file is copied"),
    });
  });

  it("stores matrices in 8 bits where rows allow, and refuses flags that do not go together", async () => {
    const cwd = await temporaryFolder();
    await writeModel(join(cwd, "m"));
    const convert = (...more: string[]) => call(["convert", "m", "--out", "g", ...more], { cwd });
    for (const type of ["q8_0", "q4_k_m", "q6_k"])
      expect(await convert("--dtype", type)).toMatchObject({
        code: 2,
        err: expect.stringContaining(`--dtype ${type} needs --to gguf`),
      });
    expect(await convert("--to", "gguf", "--max-shard-mb", "5")).toMatchObject({ code: 2 });
    expect(await convert("--to", "gguf", "--dtype", "q8_0")).toMatchObject({ code: 0 });
    const file = await openGguf(join(cwd, "g", "model.gguf"));
    expect(file.info("token_embd.weight").dtype).toMatch(/Q8_0|F16/);
    await file.close();
    const mixed = ["--to", "gguf", "--dtype", "q4_k_m", "--overwrite"];
    expect(await convert(...mixed)).toMatchObject({ code: 0 });
    const other = await openGguf(join(cwd, "g", "model.gguf"));
    expect(other.values.get("general.file_type")).toBe(15);
    expect(other.info("token_embd.weight").dtype).toMatch(/Q8_0|F16/);
    await other.close();
  });
});

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel, saveModel } from "@deepgrain/lm";
import { jsonLines, writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { call } from "../call";

const conversations = ["yes", "no, never", "perhaps"].map((answer, i) => ({
  messages: [
    { role: "user", content: `question ${"again ".repeat(i)}` },
    { role: "assistant", content: answer },
  ],
}));

describe("esft score", () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
    await writeTinyModel(join(cwd, "m"));
    await writeFile(join(cwd, "task.jsonl"), jsonLines(conversations));
    return () => rm(cwd, { recursive: true, force: true });
  });

  const score = (...args: string[]) => call(["esft", "score", ...args], { cwd });
  const filesOf = async (folder: string) => {
    const names = await readdir(join(cwd, folder));
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, await readFile(join(cwd, folder, name), "utf8")] as const),
      ),
    );
  };

  it("writes the same files layer by layer, out of shards, as with the whole model", async () => {
    await cp(join(cwd, "m"), join(cwd, "shards"), { recursive: true });
    await rm(join(cwd, "shards", "model.safetensors"));
    const model = await loadModel(join(cwd, "m"));
    await saveModel(join(cwd, "shards"), model, { maxShardSizeBytes: 2000 });
    model.dispose();
    const base = ["--data", "task.jsonl", "--sample-tokens", "60", "--trace", "--json"];
    const whole = await score("--model", "m", "--out", "whole", ...base);
    const layered = await score(
      "--model",
      "shards",
      "--out",
      "layered",
      "--layer-by-layer",
      ...base,
    );
    expect([whole.code, layered.code], whole.err + layered.err).toEqual([0, 0]);
    const { out: _, ...report } = JSON.parse(layered.out);
    expect(JSON.parse(whole.out)).toMatchObject(report);
    expect(report).toMatchObject({ samples: 2, dead: { 1: [3] } });
    expect([...(await filesOf("layered")).keys()].sort()).toEqual([
      "expert_weights_1.txt",
      "run.json",
      "summary.json",
    ]);
    expect(await filesOf("layered")).toEqual(await filesOf("whole"));
    expect(layered.err).toContain("layer 1: no token chose experts 3");
  });

  it("weighs tokens or conversations alike", async () => {
    const base = ["--model", "m", "--data", "task.jsonl"];
    for (const average of ["pooled", "sequences"])
      expect((await score(...base, "--out", average, "--average", average)).code).toBe(0);
    const [pooled, sequences] = [await filesOf("pooled"), await filesOf("sequences")];
    expect(pooled.get("summary.json")).not.toBe(sequences.get("summary.json"));
  });

  it("takes the official flags, and those that spread work without effect", async () => {
    const flags = "--base_model_path m --eval_dataset task.jsonl --output_dir o";
    const more = "--n_sample_tokens 8 --world_size 4 --gpus_per_rank=2";
    expect((await score(...flags.split(" "), ...more.split(" "))).code).toBe(0);
    expect(await readdir(join(cwd, "o"))).toEqual(["run.json", "summary.json"]);
  });

  it.each(["--layer-by-layer", "--no-layer-by-layer"])(
    "names what is wrong and leaves nothing behind with %s",
    async (how) => {
      const model = await loadModel(join(cwd, "m"));
      const router = "model.layers.1.mlp.gate.weight";
      const { data } = await model.readWeight(router);
      model.writeWeight(
        router,
        data.map(() => Number.NaN),
      );
      await cp(join(cwd, "m"), join(cwd, "nan"), { recursive: true });
      await saveModel(join(cwd, "nan"), model);
      model.dispose();
      await cp(join(cwd, "m"), join(cwd, "cut"), { recursive: true });
      const weights = join(cwd, "cut", "model.safetensors");
      await writeFile(weights, (await readFile(weights)).subarray(0, 9000));
      await writeFile(join(cwd, "empty.jsonl"), "\n");
      await writeFile(join(cwd, "broken.jsonl"), `${jsonLines(conversations)}{"messages": [`);
      for (const [folder, file, message] of [
        ["nan", "task.jsonl", /model\.layers\.1\.mlp: logits must be finite, got NaN for token 0/],
        ["cut", "task.jsonl", /cut\/model.safetensors must hold .* but ends at 9000/],
        ["m", "empty.jsonl", /empty.jsonl: there is no record in it/],
        ["m", "broken.jsonl", /broken.jsonl: line 4: not JSON \(it ends too soon\)/],
        ["m", "none.jsonl", /--data: there is no .*none.jsonl/],
        ["none", "task.jsonl", /--model: there is no .*none/],
      ] as const) {
        const args = ["--model", folder, "--data", file, "--out", "bad", "--trace", how];
        const { code, err } = await score(...args);
        expect(code).toBe(/there is no .*none/.test(message.source) ? 2 : 1);
        expect(err).toMatch(message);
        expect(await readdir(cwd)).not.toContain("bad");
      }
    },
  );
});

import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { encodeSteps, loadStepRewardModel, saveStepRewardModel, scoreSamples } from "../../src/lm";

/** A random checkpoint with scores that PyTorch computed in float64; make.py there wrote all of it. */
const folder = fileURLToPath(new URL("../fixtures/qwen-prm", import.meta.url));
const golden: { ids: number[]; places: number[]; scores: number[] }[] = JSON.parse(
  await readFile(join(folder, "scores.json"), "utf8"),
);
const samples = golden.map(({ ids, places }) => ({
  ids,
  places,
  start: 0,
  labels: places.map(() => null),
}));

/** The checkpoint with a changed configuration, or with a tensor renamed in the head of its file. */
async function changed({ config = {}, rename = ["", ""] }: { config?: object; rename?: string[] }) {
  const own = await temporaryFolder();
  const before = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
  await writeFile(join(own, "config.json"), JSON.stringify({ ...before, ...config }));
  const bytes = await readFile(join(folder, "model.safetensors"));
  const at = rename[0] === "" ? -1 : bytes.indexOf(`"${rename[0]}"`);
  if (at >= 0) bytes.write(`"${rename[1]}"`, at);
  await writeFile(join(own, "model.safetensors"), bytes);
  return own;
}

describe("a folder of Qwen2.5-Math-PRM", () => {
  it("scores steps as PyTorch does", async () => {
    const { model, head, target } = await loadStepRewardModel(folder);
    expect({ head, target }).toEqual({ head: { kind: "mlp" }, target: "process" });
    const scores = await scoreSamples(model, samples);
    for (const [i, own] of scores.entries())
      expect(own).toBeAllclose(golden[i]!.scores, { rtol: 0, atol: 1e-6 });
  });

  it("reads a chat whose answer has a mark after each step", async () => {
    const { form } = await loadStepRewardModel(folder);
    const encode = (text: string) =>
      Array.from(text.replaceAll("<extra_0>", "\u0001"), (c) => c.codePointAt(0)!);
    const { ids, places, start } = encodeSteps(
      { problem: "1+1?", steps: ["a", "b"] },
      encode,
      form,
    );
    const text = String.fromCodePoint(...ids);
    expect(text).toMatch(
      /^<\|im_start\|>system\n.*<\|im_end\|>\n<\|im_start\|>user\n1\+1\?<\|im_end\|>\n/,
    );
    expect(text.slice(start)).toBe("a\u0001b\u0001");
    expect(places).toEqual([start + 1, start + 3]);
  });

  it("is the same as a reward model of this package, written and read again", async () => {
    const own = await temporaryFolder();
    const { model, form } = await loadStepRewardModel(folder);
    await saveStepRewardModel(own, model, { form });
    const again = await loadStepRewardModel(own);
    expect(again.form).toEqual(form);
    expect(await scoreSamples(again.model, samples)).toEqual(await scoreSamples(model, samples));
  });

  it("is refused without its head, naming folder and weight", async () => {
    for (const key of ["score.0.weight", "score.2.bias"]) {
      const own = await changed({ rename: [key, key.replace("score", "other")] });
      await expect(loadStepRewardModel(own)).rejects.toMatchObject({
        code: "ERR_FORMAT",
        message: expect.stringContaining(`${own}: ${key} is missing`),
        fields: { path: own, key },
      });
    }
  });

  it("is refused with a head or backbone of another shape", async () => {
    const wide = await changed({ config: { hidden_size: 16 } });
    await expect(loadStepRewardModel(wide)).rejects.toThrow(
      /score\.0\.weight must be \[16, 16\], got \[8, 8\]/,
    );
    const flat = await changed({ config: { num_hidden_layers: 1 } });
    await expect(loadStepRewardModel(flat)).rejects.toThrow(
      /model\.layers\.1\.\S+ is of a layer too many: config\.json has 1/,
    );
    const deep = await changed({ config: { num_hidden_layers: 3 } });
    await expect(loadStepRewardModel(deep)).rejects.toThrow(/missing weights \(model\.layers\.2/);
  });

  it("needs the architecture's name: another model's folder is no reward model", async () => {
    const other = await changed({ config: { architectures: ["Qwen2ForCausalLM"] } });
    await expect(loadStepRewardModel(other)).rejects.toMatchObject({ code: "ERR_MISSING" });
    const bare = await temporaryFolder();
    await copyFile(join(folder, "config.json"), join(bare, "config.json"));
    await expect(loadStepRewardModel(bare)).rejects.toThrow(/safetensors/);
  });
});

import "@deepgrain/vitest/allclose";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { describe, expect, it } from "vitest";
import { call } from "./call";

const models = ["llama-gqa", "deepseek-v1", "deepseek-v2-noqlora"];

async function readJson(path: string) {
  return JSON.parse(await readFile(path, "utf8"));
}

/** Runs `logits` or `generate` on a request and gives back what it wrote. */
async function answer(command: readonly string[], model: string, request: object) {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "ids.json"), JSON.stringify(request));
  const folder = shared(`golden/models/${model}`);
  const args = [...command, "--model", folder, "--ids", "ids.json", "--out", "out.json"];
  const { code, out, err } = await call(args, { cwd });
  expect({ code, out, err }).toEqual({ code: 0, out: "", err: "" });
  return readJson(join(cwd, "out.json"));
}

const largest = (data: readonly number[]) => Math.max(...data.map(Math.abs));

describe.skipIf(sharedIsMissing).each(models.map((name) => [name]))("%s", (name) => {
  const golden = () => readJson(shared(`golden/models/${name}/golden.json`));

  it("has the reference's logits and loss", async () => {
    const { input_ids, logits, loss } = await golden();
    const out = await answer(["logits"], name, { input_ids });
    expect(out.logits.shape).toEqual(logits.shape);
    expect(out.logits.data).toBeAllclose(logits.data, {
      rtol: 0,
      atol: 1e-4 * largest(logits.data),
    });
    expect(out.loss).toBeCloseTo(loss, 3);
  });

  it("leaves out the labels that are −100", async () => {
    const { input_ids, labels_masked: labels, loss_masked } = await golden();
    const out = await answer(["logits"], name, { input_ids, labels });
    expect(out.loss).toBeCloseTo(loss_masked, 3);
  });

  it("takes positions from the mask where rows are padded on the left", async () => {
    const { padded } = await golden();
    const { input_ids, attention_mask } = padded;
    const out = await answer(["logits"], name, { input_ids, attention_mask });
    const [batch, length, vocab] = out.logits.shape;
    const last = Array.from({ length: batch }, (_, row) => {
      const at = (row * length + length - 1) * vocab;
      return out.logits.data.slice(at, at + vocab);
    }).flat();
    const { data } = padded.last_logits;
    expect(last).toBeAllclose(data, { rtol: 0, atol: 1e-4 * largest(data) });
  });

  it("continues greedily as the reference", async () => {
    const { greedy } = await golden();
    const command = [
      "generate",
      "--temperature",
      "0",
      "--max-new-tokens",
      String(greedy.tokens.length),
    ];
    expect(await answer(command, name, { input_ids: [greedy.prompt] })).toEqual({
      ids: [greedy.tokens],
    });
  });
});

describe.skipIf(sharedIsMissing)("the machine forms", () => {
  it("default labels are the ids where the mask counts them", async () => {
    const input_ids = [[5, 6, 7, 8]];
    const attention_mask = [[0, 1, 1, 1]];
    const masked = await answer(["logits"], "llama-gqa", { input_ids, attention_mask });
    const labels = [[-100, 6, 7, 8]];
    const same = await answer(["logits"], "llama-gqa", { input_ids, attention_mask, labels });
    expect(same).toEqual(masked);
  });

  it("give no loss where nothing is to be predicted", async () => {
    expect((await answer(["logits"], "llama-gqa", { input_ids: [[5]] })).loss).toBeNull();
  });

  it("go to stdout without --out", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "ids.json"), '{"input_ids": [[5, 6]]}');
    const args = ["--model", shared("golden/models/llama-gqa"), "--ids", "ids.json"];
    const { out } = await call(["logits", ...args], { cwd });
    expect(JSON.parse(out).logits.shape.slice(0, 2)).toEqual([1, 2]);
    const { out: ids } = await call(
      ["generate", ...args, "--temperature", "0", "--max-new-tokens", "3"],
      {
        cwd,
      },
    );
    expect(JSON.parse(ids).ids[0]).toHaveLength(3);
  });

  it("refuse rows of unequal length with exit code 1", async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "ids.json"), '{"input_ids": [[5, 6], [7]]}');
    const args = [
      "--model",
      shared("golden/models/llama-gqa"),
      "--ids",
      "ids.json",
      "--out",
      "out.json",
    ];
    for (const command of ["logits", "generate"]) {
      const { code, err } = await call([command, ...args], { cwd });
      expect(code).toBe(1);
      expect(err).toContain("rows must have one length");
    }
  });
});

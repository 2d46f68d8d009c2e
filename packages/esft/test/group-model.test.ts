import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { evaluate, loadModel } from "@deepgrain/lm";
import { writeSafetensors } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { groupModel } from "../src";
import { temporaryFolder } from "./support/temporary-folder";
import { tinyLanguageModel } from "./support/tiny-language-model";

const ids = Int32Array.from({ length: 32 }, (_, i) => 3 + ((37 * i) % 256));
const batches = [{ ids, batch: 2, length: 16 }];

/** The model, and what of it is read back with its experts in groups. */
async function grouped(size: number) {
  const fine = await tinyLanguageModel();
  const { config, weights } = await groupModel(fine, { size, batches });
  const folder = await temporaryFolder();
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  await writeSafetensors(join(folder, "model.safetensors"), weights);
  return { fine, coarse: await loadModel(folder), config };
}

describe("groupModel", () => {
  it("gives a model of fewer, wider experts that is read as any other", async () => {
    const { fine, coarse, config } = await grouped(2);
    expect(config).toMatchObject({
      n_routed_experts: 2,
      num_experts_per_tok: 1,
      moe_intermediate_size: 16,
    });
    const count = (model: typeof fine) => [...model.moeLayers.values()][0]!.experts;
    expect(count(coarse).gateUp.size).toBe(count(fine).gateUp.size);
    expect(count(coarse).down.size).toBe(count(fine).down.size);
    expect((await evaluate(coarse, batches)).loss).toBeGreaterThan(0);
  });

  it("is the same model where groups are single experts", async () => {
    const { fine, coarse } = await grouped(1);
    const losses = await Promise.all([fine, coarse].map((model) => evaluate(model, batches)));
    expect(losses[1]!.loss).toBeCloseTo(losses[0]!.loss, 6);
  });
});

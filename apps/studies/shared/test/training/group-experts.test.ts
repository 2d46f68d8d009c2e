import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, loadModel, loadTokenizer } from "@deepgrain/lm";
import { beforeAll, describe, expect, it } from "vitest";
import { groupModel } from "../../training/group-experts";
import { writeTinyModel } from "../tiny-folder";

describe("groupModel", () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), "deepgrain-"));
    await writeTinyModel(join(cwd, "fine"));
    return () => rm(cwd, { recursive: true, force: true });
  });
  const ids = Int32Array.from({ length: 32 }, (_, i) => 3 + ((37 * i) % 256));
  const batches = [{ ids, batch: 2, length: 16 }];
  const { signal } = new AbortController();

  it("stores a model of fewer, wider experts that is read as any other, with its tokenizer", async () => {
    const [from, to] = [join(cwd, "fine"), join(cwd, "coarse")];
    await groupModel(from, to, { size: 2, batches, signal });
    const config = JSON.parse(await readFile(join(to, "config.json"), "utf8"));
    expect(config).toMatchObject({
      n_routed_experts: 2,
      num_experts_per_tok: 1,
      moe_intermediate_size: 16,
    });
    const [fine, coarse] = [await loadModel(from), await loadModel(to)];
    const count = (model: typeof fine) => [...model.moeLayers.values()][0]!.experts;
    expect(count(coarse).gateUp.size).toBe(count(fine).gateUp.size);
    expect(count(coarse).down.size).toBe(count(fine).down.size);
    expect((await evaluate(coarse, batches)).loss).toBeGreaterThan(0);
    expect((await loadTokenizer(to)).vocabSize).toBe(259);
    fine.dispose();
    coarse.dispose();
  });

  it("is the same model where groups are single experts", async () => {
    const [from, to] = [join(cwd, "fine"), join(cwd, "same")];
    await groupModel(from, to, { size: 1, batches, signal });
    const losses = await Promise.all(
      [from, to].map(async (folder) => (await evaluate(await loadModel(folder), batches)).loss),
    );
    expect(losses[1]).toBeCloseTo(losses[0]!, 6);
  });
});

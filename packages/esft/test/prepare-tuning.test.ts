import { saveModel } from "@deepgrain/lm";
import { describe, expect, it } from "vitest";
import { type ExpertConfig, prepareTuning, putAdapter, scoreBatches, scoreFolder } from "../src";
import { temporaryFolder } from "./support/temporary-folder";
import { tinyLanguageModel } from "./support/tiny-language-model";

const config: ExpertConfig = {
  experts: new Map([[1, [0, 2]]]),
  sharedExperts: false,
  nonExpertModules: false,
};
const trained = (model: { parameters(): { size: number }[] }) =>
  model.parameters().reduce((sum, { size }) => sum + size, 0);

describe("prepareTuning", () => {
  it("trains everything, or chosen experts, or low-rank factors, the balance loss off", async () => {
    const sizes: Record<string, number> = {};
    for (const method of [
      { kind: "full" },
      { kind: "experts", config },
      { kind: "lora", rank: 2, alpha: 4 },
      { kind: "lora", rank: 2, alpha: 4, experts: config.experts },
    ] as const) {
      const model = await tinyLanguageModel();
      prepareTuning(model, method, { seed: 1 });
      const name = "experts" in method ? "lora of experts" : method.kind;
      sizes[name] = trained(model);
      expect([...model.moeLayers.values()][0]!.auxLoss).toBe("off");
      model.dispose();
    }
    const { full, experts, lora } = sizes;
    expect(experts).toBe(2 * 3 * 16 * 8); // gate, up and down of two experts of width 8 at hidden size 16
    expect(sizes["lora of experts"]).toBe(2 * 3 * 2 * (16 + 8)); // of the same matrices, rank 2
    expect(lora!).toBeGreaterThan(sizes["lora of experts"]!);
    expect(full!).toBeGreaterThan(lora!);
  });

  it("keeps the balance loss where it is asked to", async () => {
    const model = await tinyLanguageModel();
    const before = [...model.moeLayers.values()][0]!.auxLoss;
    prepareTuning(model, { kind: "full" }, { seed: 1, keepAuxLoss: true });
    expect([...model.moeLayers.values()][0]!.auxLoss).toBe(before);
    model.dispose();
  });

  it.each([{ kind: "experts", config } as const, { kind: "lora", rank: 2, alpha: 4 } as const])(
    "stores what putAdapter puts into a model again: $kind",
    async (method) => {
      const folder = await temporaryFolder();
      const model = await tinyLanguageModel();
      const { store } = prepareTuning(model, method, { seed: 1 });
      const { parameters, dataBytes } = await store(folder);
      expect(parameters).toBe(trained(model));
      expect(dataBytes).toBe(4 * parameters);
      const other = await tinyLanguageModel();
      const { names, experts } = await putAdapter(other, folder);
      expect(names.length).toBeGreaterThan(0);
      expect(experts).toEqual(method.kind === "experts" ? config.experts : null);
      for (const one of [model, other]) one.dispose();
    },
  );
});

describe("scoring a folder", () => {
  const samples = [5, 9, 17].map((first) => {
    const inputIds = Array.from({ length: 12 }, (_, i) => 3 + ((first * i) % 256));
    return { inputIds, labels: inputIds };
  });

  it("gives the same scores layer by layer as with the model in memory, and tells how far it is", async () => {
    const folder = await temporaryFolder();
    const model = await tinyLanguageModel();
    await saveModel(folder, model);
    model.dispose();
    const told: unknown[] = [];
    const onTokens = (tokens: number) => told.push(tokens);
    const onLayer = (done: number, layers: number) => told.push([done, layers]);
    const [whole, byLayer] = [
      await scoreFolder(folder, samples, { onTokens }),
      await scoreFolder(folder, samples, { byLayer: true, onLayer }),
    ];
    expect([whole.samples, whole.tokens]).toEqual([3, 36]);
    expect([byLayer.samples, byLayer.tokens]).toEqual([3, 36]);
    expect(byLayer.scores.token).toEqual(whole.scores.token);
    expect(told).toContainEqual([2, 2]);
    expect(told).toContain(36);
  });

  it("hides padding from the experts where batches have no mask", async () => {
    const model = await tinyLanguageModel();
    const ids = [7, 8, 9, 2, 2, 2];
    const batch = { ids, batch: 1, length: 6 };
    expect((await scoreBatches(model, [batch])).tokens).toBe(6);
    expect((await scoreBatches(model, [batch], { padTokenId: 2 })).tokens).toBe(3);
    model.dispose();
  });

  it("refuses to score nothing", async () => {
    await expect(scoreFolder("nowhere", [])).rejects.toMatchObject({ code: "ERR_MISSING" });
  });
});

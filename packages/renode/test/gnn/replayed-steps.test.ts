import {
  backward,
  createJsBackend,
  createWasmBackend,
  Generator,
  memory,
  optim,
  setBackend,
  type Tensor,
  tensor,
  tidy,
  type WasmBackend,
} from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GraphBatch, nodeLoss, ReplayedSteps, wholeGraph } from "../../src/gnn";
import { createModel } from "../../src/gnn/models/create-model";
import { modelNames } from "../../src/gnn/models/model-names";
import { canReplay } from "../../src/gnn/training/replayed-steps";
import { trainStep } from "../../src/gnn/training/train-step";
import { communities } from "./support";

const data = communities();
const { train } = data.split!;
const nodes = {
  rows: train,
  targets: Int32Array.from(train, (node) => data.classes[node]!),
  weights: Float32Array.from(train, (_, i) => 0.5 + (i % 3) / 4),
  margins: null,
};
const loss = nodeLoss("focal", { counts: [4, 4, 4] });
const STEPS = 6;
const rate = (step: number) => 0.02 / (step + 1);

let backend: WasmBackend;
beforeAll(() => {
  backend = setBackend(createWasmBackend({ threads: 1 })) as WasmBackend;
});
afterAll(() => backend.dispose());

const bitsOf = (parameters: readonly Tensor[]) => parameters.map((p) => [...p.dataSync()]);

/** Losses and weights after some steps, live or replayed. */
async function trained(
  name: (typeof modelNames)[number],
  isReplayed: boolean,
  weightDecay: number,
) {
  const model = createModel(name, data, { generator: new Generator(3), dropout: 0.4 });
  const optimizer = new optim.AdamW(model.parameters(), { weightDecay: 0 });
  const batch = new GraphBatch(wholeGraph(data.graph), data.features);
  batch.restrictTo(train);
  const steps = new ReplayedSteps(model, optimizer, batch, nodes, loss, weightDecay);
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const lr = rate(i);
    losses.push(
      isReplayed
        ? await steps.step(lr)
        : await trainStep(model, optimizer, batch, nodes, loss, { lr, weightDecay }),
    );
  }
  const weights = bitsOf(model.parameters());
  steps.dispose();
  for (const parameter of model.parameters()) expect(parameter.grad).toBeNull();
  for (const used of [model, optimizer, batch]) used.dispose();
  return { losses, weights };
}

describe("ReplayedSteps", () => {
  it.each(modelNames)("of %s give the bits of live steps, dropout included", async (name) => {
    for (const weightDecay of [0, 0.01]) {
      const [live, replayed] = [
        await trained(name, false, weightDecay),
        await trained(name, true, weightDecay),
      ];
      expect(replayed).toEqual(live);
      expect(new Set(live.losses).size).toBe(STEPS);
    }
  });

  it("compute only what the loss depends on where the batch knows its nodes, with the gradient of all rows and their dropout", async () => {
    const rows = Int32Array.of(train[7]!, train[0]!, train[7]!);
    const targets = rows.map((node) => data.classes[node]!);
    for (const name of ["gcn", "sgc"] as const) {
      const gradients = [false, true].map((isRestricted) => {
        const model = createModel(name, data, { generator: new Generator(3), dropout: 0.4 });
        const batch = new GraphBatch(wholeGraph(data.graph), data.features);
        if (isRestricted) batch.restrictTo(rows);
        const gradient = tidy(() => {
          const weights = tensor(Float32Array.from(rows, (_, i) => 1 + i));
          const lists = { rows: tensor(rows), targets: tensor(targets), weights, margins: null };
          backward(model.trainingLoss(batch, { ...lists, nodeLoss: loss }));
          return model.parameters().flatMap(({ grad }) => [...grad!.dataSync()]);
        });
        if (isRestricted) {
          const { near, first } = batch.lossField!;
          expect(near.size).toBeLessThan(batch.size);
          expect(first.csr.offsets.size).toBe(near.size + 1);
        }
        for (const used of [model, batch]) used.dispose();
        return gradient;
      });
      expect(gradients[1]).toBeAllclose(gradients[0]!, { rtol: 1e-5, atol: 1e-7 });
    }
  });

  it("give all memory back", async () => {
    await trained("gcn", true, 0);
    const before = memory().bytes;
    await trained("gcn", true, 0);
    expect(memory().bytes).toBe(before);
  });

  it("are for backends that record", () => {
    expect(canReplay()).toBe(true);
    const js = createJsBackend();
    setBackend(js);
    expect(canReplay()).toBe(false);
    setBackend(backend);
  });
});

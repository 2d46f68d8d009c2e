import { memory, tidy } from "@deepgrain/tensor-gpu";
import { describe, expect, it } from "vitest";
import { DenseLayer, formatLoad, maxViolation, monitorLoad } from "../src";
import { expectError, layerOf, normal } from "./support";

describe("monitorLoad", () => {
  it("counts choices over steps and batches, and both kinds of MaxVio", async () => {
    const layer = layerOf();
    layer.name = "1";
    const monitor = monitorLoad([layer, new DenseLayer({ hiddenSize: 6, innerSize: 4 })]);
    const perStep: number[][] = [];
    for (const seed of [1, 2]) {
      const counts = new Array<number>(5).fill(0);
      for (const batch of [0, 1]) {
        const stop = layer.onRoute((event) => {
          for (const id of event.dataSync().ids) counts[id]!++;
        });
        layer.forward(normal([6, 6], 10 * seed + batch));
        stop();
      }
      perStep.push(counts);
      await monitor.endStep();
    }
    const report = monitor.report();
    expect(report).toHaveLength(1);
    const total = perStep[0]!.map((count, e) => count + perStep[1]![e]!);
    expect(report[0]).toMatchObject({ name: "1", steps: 2, droppedFraction: 0 });
    expect([...report[0]!.counts]).toEqual(total);
    expect(report[0]!.maxVioGlobal).toBe(maxViolation(total));
    expect(report[0]!.maxVioBatch).toBeCloseTo(
      (maxViolation(perStep[0]!) + maxViolation(perStep[1]!)) / 2,
      12,
    );
    monitor.dispose();
  });

  it("names experts without a token for as many steps as asked", async () => {
    const layer = layerOf({ topK: 1 });
    const monitor = monitorLoad([layer], { deadAfter: 3 });
    const x = normal([1, 6], 3);
    for (let step = 0; step < 3; step++) {
      layer.forward(x);
      await monitor.endStep();
      if (step < 2) expect(monitor.report()[0]!.dead).toEqual([]);
    }
    expect(monitor.report()[0]!.dead).toHaveLength(4);
    monitor.reset();
    expect(monitor.report()).toEqual([]);
    monitor.dispose();
  });

  it.each(["training", "evaluation"] as const)("watches passes of %s alone", async (passes) => {
    const layer = layerOf();
    const monitor = monitorLoad([layer], { passes });
    const steps = async (isTraining: boolean) => {
      layer.train(isTraining);
      layer.forward(normal([6, 6], 1));
      await monitor.endStep();
      return monitor.report()[0]?.steps ?? 0;
    };
    expect(await steps(passes !== "training")).toBe(0);
    expect(await steps(passes === "training")).toBe(1);
    monitor.dispose();
  });

  it("reports dropped choices", async () => {
    const layer = layerOf({ drop: { expertCapacity: 0 } });
    const monitor = monitorLoad([layer]);
    layer.forward(normal([4, 6]));
    await monitor.endStep();
    expect(monitor.report()[0]!.droppedFraction).toBe(1);
    monitor.dispose();
  });

  it("changes nothing and frees what it used", async () => {
    const layer = layerOf();
    const x = normal([4, 6]);
    const run = () => tidy(() => [...layer.forward(x).dataSync()]);
    const alone = run();
    const before = memory().bytes;
    const monitor = monitorLoad([layer]);
    expect(run()).toEqual(alone);
    monitor.dispose();
    await monitor.endStep();
    expect(monitor.report()).toEqual([]);
    expect(run()).toEqual(alone);
    expect(memory().bytes).toBe(before);
    expectError("ERR_RANGE", /deadAfter/, () => monitorLoad([], { deadAfter: 0 }));
  });
});

describe("formatLoad", () => {
  it("is a table with one line a layer", () => {
    const load = {
      name: "4",
      counts: Float64Array.of(3, 1, 0, 0),
      steps: 2,
      maxVioGlobal: 2,
      maxVioBatch: 2.5,
      dead: [2, 3],
      droppedFraction: 0.125,
    };
    expect(formatLoad([load]).split("\n")).toEqual([
      "layer  choices  least  most    MaxVio batch  global  dropped  dead experts",
      "4      4        0.0 %  75.0 %  2.500         2.000   12.5 %   2 3",
    ]);
  });

  it("says none for no dead experts and 0 for no choices", () => {
    const load = {
      name: "x",
      counts: new Float64Array(2),
      steps: 1,
      maxVioGlobal: 0,
      maxVioBatch: 0,
      dead: [],
      droppedFraction: 0,
    };
    expect(formatLoad([load])).toMatch(/x +0 +0\.0 % +0\.0 % +0\.000 +0\.000 +0\.0 % +none$/);
  });
});

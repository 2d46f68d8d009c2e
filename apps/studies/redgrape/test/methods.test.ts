import { krum, mlpEncoder } from "@deepgrain/fedlt";
import { describe, expect, it } from "vitest";
import { methodIds } from "../method-ids";
import { gridOf, strategyOf } from "../methods";

const local = { lr: 0.05, epochs: 2 };
const rows = { inputs: new Float32Array(4), labels: Int32Array.of(0, 1), width: 2, classes: 2 };
const server = { encoder: mlpEncoder([2, 3]), auxiliary: rows };
describe("methods", () => {
  it("make a strategy from every setting that is tried", () => {
    for (const id of methodIds)
      for (const settings of [{}, ...gridOf(id, "mnist")])
        expect(strategyOf(id, { local, settings, server }).name, id).toBeTruthy();
    expect(() => strategyOf("redgrape", { local, settings: { lambda: -1 } })).toThrow("lambda");
  });

  it("take another way to combine updates, unless theirs is their own; Ratio Loss needs rows", () => {
    const aggregator = krum({ byzantine: 1 });
    expect(strategyOf("fedprox", { local, aggregator }).needs).toBe("updates");
    expect(strategyOf("redgrape", { local, aggregator }).needs).toBe("updates");
    for (const id of ["climb", "feddyn", "fednova", "scaffold"] as const)
      expect(() => strategyOf(id, { local, aggregator })).toThrow("in its own way");
    expect(() => strategyOf("ratio-loss", { local })).toThrow("server's own");
  });

  it("give clients the rate of the settings, unless another is asked for", async () => {
    const rateOf = async (lr?: number) => {
      const options = { local, settings: { lr: 0.1 }, ...(lr !== undefined && { lr }) };
      const tasks = await strategyOf("fedavg", options).configureFit({} as never, ["a"]);
      return tasks.get("a")!.config!.lr;
    };
    expect([await rateOf(), await rateOf(0.3)]).toEqual([0.1, 0.3]);
  });
});

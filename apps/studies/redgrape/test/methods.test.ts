import { krum, mlpEncoder } from "@deepgrain/fedlt";
import { describe, expect, it } from "vitest";
import { runsOf } from "../../shared/test/runs-of";
import { gridOf, type MethodId, methodIds, methods, strategyOf } from "../methods";
import type { Score } from "../score-method";
import { tuned } from "../tuned";
import { chooseSettings, redgrapeTuning } from "../tuning";
import recorded from "../tuning.json";

const local = { lr: 0.05, epochs: 2 };
const rows = { inputs: new Float32Array(4), labels: Int32Array.of(0, 1), width: 2, classes: 2 };
const server = { encoder: mlpEncoder([2, 3]), auxiliary: rows };
const score = (accuracy: number): Score => ({
  accuracy,
  head: accuracy,
  middle: accuracy,
  tail: accuracy,
  perClass: [accuracy],
  accuracyOfSum: null,
  curve: [[10, accuracy]],
  bytesUp: 1,
  bytesDown: 1,
});

/** Tuning runs in which every setting has these accuracies, one per setting and seed. */
const runsWith = (accuracies: (method: MethodId, setting: number) => readonly number[]) =>
  runsOf(
    redgrapeTuning,
    Object.fromEntries(
      methodIds.flatMap((method) =>
        gridOf(method).map((_, i) => [`${method}/${i}`, accuracies(method, i).map(score)] as const),
      ),
    ),
  );

describe("methods", () => {
  it("make a strategy from every setting that is tried", () => {
    for (const id of methodIds)
      for (const settings of [{}, ...gridOf(id)])
        expect(strategyOf(id, { local, settings, server }).name, id).toBeTruthy();
    expect(() => strategyOf("redgrape", { local, settings: { lambda: -1 } })).toThrow("lambda");
  });

  it("take another way to combine updates, unless theirs is their own; Ratio Loss needs rows", () => {
    const aggregator = krum({ byzantine: 1 });
    expect(strategyOf("fedprox", { local, aggregator }).needs).toBe("updates");
    expect(strategyOf("redgrape", { local, aggregator }).needs).toBe("updates");
    for (const id of ["climb", "fednova", "scaffold"] as const)
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

describe("chooseSettings", () => {
  it("takes the best mean, and the published setting where the gain is below half a point", () => {
    const chosen = chooseSettings(
      runsWith((method, i) => {
        if (method === "redgrape")
          return [
            [0.7, 0.7],
            [0.704, 0.704],
            [0.6, 0.6],
          ][i]!;
        if (method === "creff")
          return [
            [0.6, 0.7],
            [0.7, 0.6],
            [0.66, 0.66],
            [0.7, 0.7],
          ][i]!;
        return [0.5, 0.5];
      }),
    );
    expect(chosen.redgrape).toEqual(gridOf("redgrape")[0]);
    expect(chosen.creff).toEqual(gridOf("creff")[3]);
    expect(chosen.fedavg).toEqual(gridOf("fedavg")[0]);
  });

  it("gives what the recorded tuning says, on seeds that no comparison uses", () => {
    expect(chooseSettings(recorded as never)).toEqual(tuned);
    expect(recorded.seeds.every((seed) => seed > 100)).toBe(true);
    expect(recorded.settings.validation).toBeGreaterThan(0);
    const known = recorded.runs.map(({ variant }) => variant.split("/")[0]!);
    expect(new Set(known)).toEqual(new Set(methodIds.filter((id) => gridOf(id).length > 0)));
    expect(methods.redgrape.name).toBe("RedGrape");
  });
});

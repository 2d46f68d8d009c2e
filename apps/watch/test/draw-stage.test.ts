import { describe, expect, it } from "vitest";
import { nameOf, placeOf } from "../src/draw-stage";
import type { WatchedRun } from "../src/watched-runs";

const runOf = (name: string, ...stages: string[]) =>
  ({
    name,
    state: { stages: new Map(stages.map((stage) => [stage, {}])) },
  }) as unknown as WatchedRun;

describe("the stages of runs", () => {
  const runs = [runOf("quick", "pretrain", "esft", "full"), runOf("alone", "train")];

  it("have a place each, and with it a colour", () => {
    const places = runs.flatMap((run) =>
      [...run.state.stages.keys()].map((stage) => placeOf(runs, run, stage)),
    );
    expect(places).toEqual([0, 1, 2, 3]);
  });

  it("are named with their run, where that has several", () => {
    expect(nameOf(runs[0]!, "esft")).toBe("quick · esft");
    expect(nameOf(runs[1]!, "train")).toBe("alone");
  });
});

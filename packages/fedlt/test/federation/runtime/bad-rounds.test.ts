import { describe, expect, it } from "vitest";
import {
  climb,
  coordinateMedian,
  dpFedAvg,
  type FederationEvent,
  type FederationOptions,
  type FitUpdate,
  fedAvg,
  fedNova,
  finishFederation,
  inProcessTransport,
  memoryJournal,
  type Strategy,
  weightedMean,
} from "../../support/all";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../../support/toy";

/** A federation whose client d changes its update. */
async function withLiar(
  change: (update: FitUpdate) => object,
  options: Partial<FederationOptions> = {},
) {
  const journal = memoryJournal();
  const seen: FederationEvent[] = [];
  const transport = inProcessTransport({
    clients: toyClients,
    train: async (task, given) => {
      const update = await toyTrain(task, given);
      return task.clientId === "d" ? { ...update, ...change(update) } : update;
    },
  });
  const run = finishFederation(
    {
      transport,
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 2,
      journal,
      ...options,
    },
    { onEvent: (event) => seen.push(event) },
  );
  const codes = () => seen.flatMap((event) => (event.type === "update-rejected" ? event.code : []));
  return { run, journal, seen, codes };
}

describe("an update that lies", () => {
  it.each([
    ["FedNova's steps", fedNova({ local: toyLocal }), { steps: 1e15 }],
    ["CLIMB's loss", climb({ local: toyLocal }), { "loss-before": 1e300, steps: 4 }],
  ])("about %s is rejected, and nobody else is blamed", async (_what, strategy, metrics) => {
    const { run, seen } = await withLiar(() => ({ metrics }), { strategy });
    const { counts } = await run;
    expect(counts).toMatchObject({ accepted: 6, rejected: 2, failed: 0 });
    expect(
      seen.flatMap((event) => (event.type === "update-rejected" ? event.clientId : [])),
    ).toEqual(["d", "d"]);
  });

  it("about its samples is reported where no limit is set, and rejected where one is", async () => {
    const lie = () => ({ numSamples: Number.MAX_SAFE_INTEGER });
    const open = await withLiar(lie);
    await open.run;
    const warnings = open.seen.filter(({ type }) => type === "warning");
    expect(warnings).toEqual([
      expect.objectContaining({ reason: "large-share", clientId: "d", round: 0 }),
    ]);
    const bounded = await withLiar(lie, { limits: { maxSamples: 32 } });
    await bounded.run;
    expect(bounded.codes()).toEqual(["ERR_RANGE", "ERR_RANGE"]);
    expect(bounded.seen.filter(({ type }) => type === "warning")).toEqual([]);
  });

  it("is no reason to warn where counts are not looked at", async () => {
    for (const aggregator of [coordinateMedian(), weightedMean({ weights: "equal" })]) {
      const { run, seen } = await withLiar(() => ({ numSamples: 1e9 }), {
        strategy: fedAvg({ local: toyLocal, aggregator }),
      });
      await run;
      expect(seen.filter(({ type }) => type === "warning")).toEqual([]);
    }
  });

  it("with a large change is rejected by limits.maxChangeNorm", async () => {
    const far = ({ params }: FitUpdate) => ({
      params: new Map(
        [...params].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => 1e38) }]),
      ),
    });
    const { run, codes } = await withLiar(far, { limits: { maxChangeNorm: 100 } });
    expect((await run).counts).toMatchObject({ accepted: 6, rejected: 2 });
    expect(codes()).toEqual(["ERR_RANGE", "ERR_RANGE"]);
  });

  it("with more than 64 MiB that nobody asked for is rejected", async () => {
    const size = 2 ** 24 + 1;
    const groups = new Map([
      ["mine", new Map([["x", { shape: [size], data: new Float32Array(size) }]])],
    ]);
    const { run, codes } = await withLiar(() => ({ groups }), { rounds: 1 });
    await run;
    expect(codes()).toEqual(["ERR_TOO_LARGE"]);
  });

  it("is clipped by DP-FedAvg whatever fields it brings", async () => {
    const strategy = dpFedAvg({
      clipNorm: 0.1,
      noiseMultiplier: 0,
      samplingRate: 1,
      population: 4,
      local: toyLocal,
    });
    const honest = await (await withLiar(() => ({}), { strategy })).run;
    const { state } = await (await withLiar(() => ({ clients: 1000 }), { strategy })).run;
    expect(state.params).toEqual(honest.state.params);
  });
});

describe("a new state", () => {
  const broken = (
    change: (params: Map<string, { shape: number[]; data: Float32Array }>) => void,
  ) => {
    const base = fedAvg({ local: toyLocal });
    const strategy: Strategy = {
      ...base,
      aggregateFit: async (context, updates) => {
        const { state } = await base.aggregateFit(context, updates);
        const params = new Map(state.params) as never;
        if (context.round === 1) change(params);
        return { state: { ...state, params } };
      },
    };
    return strategy;
  };

  it.each([
    ["is not finite", "ERR_NOT_FINITE", Float32Array.of(1, Number.NaN, 1)],
    ["has other shapes", "ERR_SHAPE", Float32Array.of(1, 1)],
  ])("that %s is not committed, and the error names the round", async (_what, code, data) => {
    const strategy = broken((params) => params.set("fc.bias", { shape: [data.length], data }));
    const { run, journal } = await withLiar(() => ({}), { strategy, rounds: 3 });
    await expect(run).rejects.toMatchObject({
      code,
      message: expect.stringContaining("round 1 is not counted"),
    });
    expect((await journal.load())!.record.round).toBe(0);
    const skipped = await withLiar(() => ({}), { strategy, rounds: 3, onMissedQuorum: "skip" });
    await skipped.run;
    expect(skipped.seen.filter(({ type }) => type === "round-failed")).toHaveLength(1);
    expect(skipped.journal.records.map(({ accepted }) => accepted.length)).toEqual([4, 0, 4]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ClientUpdate,
  completeAdaptiveClip,
  coordinateMedian,
  creff,
  diLoCo,
  ditto,
  dpFedAvg,
  type FitTask,
  fedAdam,
  fedAvg,
  fedAvgM,
  fedDyn,
  fedNova,
  fedProx,
  fedYogi,
  finishFederation,
  flatten,
  inProcessTransport,
  krum,
  logitAdjustment,
  memoryPersonalModels,
  mlpEncoder,
  moon,
  normaliseRows,
  poissonClients,
  type ReadonlyTensors,
  ratioLoss,
  redGrape,
  releasedSettings,
  retrainHead,
  type ServerState,
  type Strategy,
  scaffold,
  stateOf,
  stream,
  trimmedMean,
  weightedMean,
  withoutSupplementary,
} from "../../support/all";
import {
  toyClients,
  toyData,
  toyEncoder,
  toyEvaluate,
  toyInitial,
  toyLocal,
  toyTrain,
  toyTrainer,
} from "../../support/toy";

const model = (...values: number[]): Map<string, { shape: number[]; data: Float32Array }> =>
  new Map([["w", { shape: [values.length], data: Float32Array.from(values) }]]);
const update = (
  clientId: string,
  params: ReadonlyTensors,
  numSamples = 1,
  metrics = {},
): ClientUpdate => ({
  clientId,
  params: new Map(params),
  numSamples,
  metrics,
});
const step = async (
  strategy: Strategy,
  state: ServerState,
  updates: readonly ClientUpdate[],
  population: string[] = [],
) => (await strategy.aggregateFit({ round: 0, seed: 0, state, population }, updates)).state;
const weights = (state: ServerState) => [...state.params.get("w")!.data];

describe("weightedMean", () => {
  it("weighs by samples, or all alike", () => {
    const updates = [update("a", model(0, 4), 1), update("b", model(4, 0), 3)];
    expect([...weightedMean().combine(updates).get("w")!.data]).toEqual([3, 1]);
    expect([...weightedMean({ weights: "equal" }).combine(updates).get("w")!.data]).toEqual([2, 2]);
  });

  it("lies between the smallest and the largest value, and is the value itself for equal clients", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.float({ min: -100, max: 100, noNaN: true }),
            fc.integer({ min: 1, max: 1000 }),
          ),
          { minLength: 1, maxLength: 9 },
        ),
        (pairs) => {
          const [mean] = weightedMean()
            .combine(pairs.map(([value, n], k) => update(String(k), model(value), n)))
            .get("w")!.data;
          const values = pairs.map(([value]) => value);
          expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - 1e-4);
          expect(mean).toBeLessThanOrEqual(Math.max(...values) + 1e-4);
        },
      ),
    );
  });
});

describe("robust aggregation", () => {
  it("trimmed mean leaves the extremes out", () => {
    const updates = [1, 2, 3, 1e6, -1e6].map((value, k) => update(String(k), model(value)));
    expect([...trimmedMean({ share: 0.2 }).combine(updates).get("w")!.data]).toEqual([2]);
    expect(() => trimmedMean({ share: 0.5 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
  });

  it("the median is the middle value, or the mean of the two in the middle", () => {
    const of = (...values: number[]) =>
      [
        ...coordinateMedian()
          .combine(values.map((v, k) => update(String(k), model(v), 10 ** k)))
          .get("w")!.data,
      ][0];
    expect([of(5), of(1, 1e30, 3), of(4, 2, -1e30, 1e30), of(7, 1)]).toEqual([5, 3, 3, 4]);
  });

  it("Krum takes an update among its like, and needs 2f + 3 of them", () => {
    const updates = [
      [1, 1],
      [1.1, 1],
      [0.9, 1],
      [1, 1.1],
      [50, -50],
    ].map((values, k) => update(String(k), model(...values)));
    expect([...krum({ byzantine: 1 }).combine(updates).get("w")!.data]).toEqual([1, 1]);
    const kept = krum({ byzantine: 1, keep: 4 }).combine(updates).get("w")!.data;
    expect(kept).toBeAllclose([1, 1.025], { rtol: 1e-5 });
    expect(() => krum({ byzantine: 2 }).combine(updates)).toThrow(
      expect.objectContaining({ code: "ERR_QUORUM" }),
    );
  });
});

describe("server optimisers", () => {
  it("FedAvgM adds momentum to the change", async () => {
    const strategy = fedAvgM({ beta: 0.5 });
    const first = await step(strategy, stateOf(model(0)), [update("a", model(1))]);
    expect(weights(first)).toEqual([1]); // m = 1
    const second = await step(strategy, first, [update("a", model(2))]);
    expect(weights(second)).toEqual([2.5]); // m = 0.5 + 1
  });

  it("FedAvgM with Nesterov steps along β·m + Δ", async () => {
    const state = await step(fedAvgM({ beta: 0.5, nesterov: true }), stateOf(model(0)), [
      update("a", model(1)),
    ]);
    expect(weights(state)).toEqual([1.5]);
  });

  it("DiLoCo with one worker, rate 1 and no momentum hands the worker's weights on, bit for bit", async () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sin(i) * 10 ** (i % 7));
    const state = await step(
      diLoCo({ outerLr: 1, outerMomentum: 0 }),
      stateOf(model(...values.map(Math.cos))),
      [update("a", model(...values), 17)],
    );
    expect(weights(state)).toEqual([...Float32Array.from(values)]);
  });

  it("FedAdam and FedYogi step by hand-worked amounts", async () => {
    // Δ = 1, m = 0.1, v = 0.99e-6 + 0.01 = 0.01000099 (Yogi: 1e-6 + 0.01)
    const adam = await step(fedAdam(), stateOf(model(0)), [update("a", model(1))]);
    expect(weights(adam)).toBeAllclose([(0.1 * 0.1) / (Math.sqrt(0.01000099) + 1e-3)], {
      rtol: 1e-5,
    });
    const yogi = await step(fedYogi(), stateOf(model(0)), [update("a", model(1))]);
    expect(weights(yogi)).toBeAllclose([(0.1 * 0.1) / (Math.sqrt(0.010001) + 1e-3)], {
      rtol: 1e-5,
    });
  });

  it("move running statistics to their mean, whatever the rate", async () => {
    const params = (value: number): ReadonlyTensors =>
      new Map([...model(value), ["bn.runningMean", { shape: [1], data: Float32Array.of(value) }]]);
    for (const strategy of [fedAvg({ serverLr: 0.5 }), fedAvgM({ serverLr: 0.5 }), fedAdam()]) {
      const state = await step(strategy, stateOf(params(0)), [update("a", params(1))]);
      expect(state.params.get("bn.runningMean")!.data[0], strategy.name).toBe(1);
    }
  });
});

describe("SCAFFOLD", () => {
  it("keeps c at the mean of all c_k, and corrects by c − c_k", async () => {
    const strategy = scaffold({ local: { lr: 0.5, momentum: 0 } });
    const clients = ["a", "b"];
    const updates = [
      update("a", model(1), 1, { steps: 2 }),
      update("b", model(-3), 1, { steps: 1 }),
    ];
    const state = await step(strategy, stateOf(model(0)), updates, clients);
    // c_k = (θ − θ_k)/(τ·lr): −1 and 6
    expect([
      ...state.groups.get("control/a")!.get("w")!.data,
      ...state.groups.get("control/b")!.get("w")!.data,
    ]).toEqual([-1, 6]);
    expect([...state.groups.get("control")!.get("w")!.data]).toEqual([2.5]);
    const next = await strategy.configureFit(
      { round: 1, seed: 0, state, population: clients },
      clients,
    );
    expect([...next.get("a")!.groups!.get("correction")!.get("w")!.data]).toEqual([3.5]);
  });

  it("refuses updates without steps, as FedNova does", () => {
    for (const strategy of [scaffold(), fedNova()])
      expect(() => strategy.checkUpdate!(update("a", model(0)), { config: {} } as FitTask)).toThrow(
        expect.objectContaining({ code: "ERR_ARGUMENT" }),
      );
  });
});

describe("all strategies on the toy federation", () => {
  const auxiliary = toyData("server", 48);
  const all: Strategy[] = [
    fedAvg({ local: toyLocal }),
    fedProx({ local: toyLocal }),
    fedAdam({ local: toyLocal, serverLr: 0.03 }),
    fedNova({ local: toyLocal }),
    scaffold({ local: { ...toyLocal, momentum: 0 } }),
    fedDyn({ local: { ...toyLocal, momentum: 0 }, alpha: 0.1 }),
    moon({ local: toyLocal }),
    ditto({ local: toyLocal }),
    logitAdjustment({ local: toyLocal }),
    creff({ local: toyLocal, featuresPerClass: 10, matchingSteps: 5, headEpochs: 20, headLr: 0.1 }),
    ratioLoss({ local: toyLocal, encoder: toyEncoder, auxiliary }),
    redGrape({
      local: toyLocal,
      threshold: 4,
      aggregateSupplementary: false,
      prototypeDelivery: "missing-mean",
    }),
    redGrape({ local: toyLocal, threshold: null }),
    redGrape({ local: toyLocal, without: "prototypes", threshold: 4 }),
    redGrape({ local: toyLocal, without: "supplementary", threshold: 4 }),
  ];

  it.each(all.map((strategy, i) => [`${i} ${strategy.name}`, strategy] as const))(
    "%s learns",
    async (_name, strategy) => {
      const train = toyTrainer(memoryPersonalModels());
      const transport = inProcessTransport({ clients: toyClients, train });
      let accuracy = 0;
      await finishFederation(
        {
          transport,
          strategy,
          initial: await toyInitial(),
          rounds: 12,
          evaluate: toyEvaluate,
          evaluateEvery: 12,
        },
        {
          onEvent: (event) => {
            if (event.type === "eval-end") accuracy = event.metrics.accuracy!;
          },
        },
      );
      expect(accuracy).toBeGreaterThan(0.75);
    },
  );

  it("logit adjustment learns the class frequencies from its clients", async () => {
    const transport = inProcessTransport({ clients: toyClients, train: toyTrain });
    const { state } = await finishFederation({
      transport,
      strategy: logitAdjustment({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 1,
    });
    const counts = [0, 1, 2].map((c) =>
      toyClients.reduce(
        (sum, id) => sum + toyData(id).labels.filter((label) => label === c).length,
        0,
      ),
    );
    expect(state.values.priors).toBeAllclose(counts.map((n) => n / 128));
  });
});

describe("redGrape", () => {
  it("equals FedAvg with two heads in the first round, and when λ is 0", async () => {
    const run = async (strategy: Strategy, rounds: number) => {
      const transport = inProcessTransport({ clients: toyClients, train: toyTrain });
      return (await finishFederation({ transport, strategy, initial: await toyInitial(), rounds }))
        .state;
    };
    const free = redGrape({ local: toyLocal, lambda: 0, threshold: 4 });
    const bound = redGrape({ local: toyLocal, lambda: 0.5, threshold: 4 });
    expect((await run(bound, 1)).params).toEqual((await run(free, 1)).params);
    expect((await run(bound, 2)).params).not.toEqual((await run(free, 2)).params);
  });

  it("keeps the prototype of a class that nobody reports any more, and counts classes that nobody ever had", async () => {
    const strategy = redGrape({ local: toyLocal });
    const initial = await toyInitial();
    const prototype = (value: number) =>
      new Map([
        ["fc.weight", { shape: [3, 8], data: new Float32Array(24).fill(value) }],
        ["fc.bias", { shape: [3], data: new Float32Array(3) }],
      ]);
    const sent = (
      clientId: string,
      groups: [string, ReturnType<typeof prototype>][],
    ): ClientUpdate => ({ ...update(clientId, initial), groups: new Map(groups) });
    const context = { round: 0, seed: 0, state: stateOf(initial), population: [] };
    const first = await strategy.aggregateFit(context, [
      sent("a", [["prototype/0", prototype(1)]]),
      sent("b", [["prototype/0", prototype(3)]]),
    ]);
    expect(first.state.groups.get("prototype/0")!.get("fc.weight")!.data[0]).toBe(2);
    expect(first.metrics).toEqual({ "classes-without-prototype": 2 });
    const second = await strategy.aggregateFit({ ...context, state: first.state }, [
      sent("a", [["prototype/1", prototype(5)]]),
    ]);
    expect(second.state.groups.get("prototype/0")!.get("fc.weight")!.data[0]).toBe(2);
    expect(second.metrics).toEqual({ "classes-without-prototype": 1 });
    // An old client that sends no prototypes still counts.
    expect(
      (await strategy.aggregateFit({ ...context, state: second.state }, [sent("a", [])])).state
        .groups.size,
    ).toBe(2);
  });

  it("drops the second head for export, and refuses a model without it", async () => {
    const initial = await toyInitial();
    expect(
      [...withoutSupplementary(initial).keys()].filter((name) => name.startsWith("supplementary")),
    ).toEqual([]);
    expect(() => redGrape().initialize!(withoutSupplementary(initial), 0)).toThrow(
      expect.objectContaining({ code: "ERR_SHAPE" }),
    );
    expect(() => redGrape({ threshold: 0 })).toThrow(
      expect.objectContaining({ code: "ERR_RANGE" }),
    );
    expect(releasedSettings("cifar-100-lt")).toMatchObject({ threshold: 2, local: { mu: 0.1 } });
  });
});

describe("DP-FedAvg", () => {
  it("clips every change, sums without weights and divides by the expected number", async () => {
    const strategy = dpFedAvg({
      clipNorm: 1,
      noiseMultiplier: 0,
      samplingRate: 0.5,
      population: 4,
    });
    const state = await step(strategy, stateOf(model(0, 0)), [
      update("a", model(30, 40), 999),
      update("b", model(0.3, 0.4), 1),
    ]);
    expect(weights(state)).toBeAllclose([(0.6 + 0.3) / 2, (0.8 + 0.4) / 2], { rtol: 1e-6 });
  });

  it("adds noise of deviation z·S to the sum", async () => {
    const size = 4000;
    const zeros = model(...new Array<number>(size).fill(0));
    const strategy = dpFedAvg({
      clipNorm: 2,
      noiseMultiplier: 1.5,
      samplingRate: 1,
      population: 10,
      random: stream(1),
    });
    const noise = weights(await step(strategy, stateOf(zeros), [update("a", zeros)]));
    const deviation = Math.sqrt(noise.reduce((sum, x) => sum + x * x, 0) / size);
    expect(deviation).toBeGreaterThan(0.3 * 0.95);
    expect(deviation).toBeLessThan(0.3 * 1.05);
  });

  it("samples each client on its own", () => {
    const ids = Array.from({ length: 50 }, (_, k) => String(k));
    const select = poissonClients(0.2, { random: stream(4) });
    const sizes = Array.from({ length: 200 }, (_, round) => select(round, ids).length);
    expect(sizes.reduce((a, b) => a + b) / 200).toBeCloseTo(10, 0);
    expect(new Set(sizes).size).toBeGreaterThan(5);
    expect(select(3, ids)).not.toEqual(select(3, ids));
  });

  it("draws clients from a secret of its own, not from the seed that tasks carry", () => {
    const ids = Array.from({ length: 200 }, (_, k) => String(k));
    expect(poissonClients(0.5)(0, ids)).not.toEqual(poissonClients(0.5)(0, ids));
    expect(() => poissonClients(0)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });

  it("clips an update that claims to stand for many", async () => {
    const strategy = dpFedAvg({ clipNorm: 1, noiseMultiplier: 0, samplingRate: 1, population: 1 });
    const liar = { ...update("a", model(1e12)), clients: 3 };
    expect(weights(await step(strategy, stateOf(model(0)), [liar]))).toEqual([3]);
  });
});

describe("DP-FedAvg with an adaptive norm", () => {
  const reports = (clientId: string, value: number, within: number): ClientUpdate => ({
    ...update(clientId, model(value)),
    groups: new Map([
      ["within-clip", new Map([["values", { shape: [1], data: Float32Array.of(within) }]])],
    ]),
  });
  const given = { clipNorm: 2, noiseMultiplier: 0, samplingRate: 1, population: 4 };
  const sure = { countNoise: 0 };

  it("moves the norm by hand-worked factors, and clips the next round by it", async () => {
    const strategy = dpFedAvg({ ...given, adaptiveClip: { ...sure, quantile: 0.5, lr: 0.2 } });
    const ids = ["a", "b", "c", "d"];
    // Three of four lie within: C := 2·e^(−0.2·(3/4 − 1/2)).
    const first = ids.map((id, k) => reports(id, k === 0 ? 2 : 1, k === 0 ? 0 : 1));
    const state = await step(strategy, stateOf(model(0)), first);
    expect(weights(state)).toEqual([1.25]);
    expect(state.values["clip-norm"]).toBeCloseTo(2 * Math.exp(-0.05), 12);
    const context = { round: 1, seed: 0, state, population: ids };
    const tasks = await strategy.configureFit(context, ids);
    expect(tasks.get("a")!.config!.part).toMatchObject({ clipNorm: 2 * Math.exp(-0.05) });
    // A client that claims to be many counts once: C := C·e^(−0.2·(1/2 + (1/2 − 3/2)/4 − 1/2)).
    const second = ids.map((id, k) => reports(id, 100, k === 0 ? 1e6 : -1e6));
    const last = await step(strategy, state, second);
    expect(weights(last)).toBeAllclose([1.25 + 2 * Math.exp(-0.05)], { rtol: 1e-6 });
    expect(last.values["clip-norm"]).toBeCloseTo(2 * Math.exp(-0.05) * Math.exp(0.05), 12);
  });

  it("follows the quantile of its clients, from far below and far above", async () => {
    const run = async (clipNorm: number) => {
      const strategy = dpFedAvg({
        ...given,
        clipNorm,
        local: toyLocal,
        adaptiveClip: { ...sure, quantile: 0.75, lr: 1 },
      });
      const transport = inProcessTransport({ clients: toyClients, train: toyTrain });
      const options = { transport, strategy, initial: await toyInitial(), rounds: 12 };
      return (await finishFederation(options)).state.values["clip-norm"] as number;
    };
    expect(await run(0.01)).toBeGreaterThan(0.02);
    expect(await run(100)).toBeLessThan(50);
  });

  it("gives the count its share of the budget", () => {
    const shares = (z: number, countNoise?: number) =>
      completeAdaptiveClip({ countNoise }, { noiseMultiplier: z, expected: 100 });
    const { sumNoise, countNoise } = shares(1);
    expect(countNoise).toBe(5);
    expect(1 / sumNoise ** 2 + 1 / (2 * countNoise) ** 2).toBeCloseTo(1, 12);
    expect(shares(20).sumNoise).toBeCloseTo(20 / Math.sqrt(0.75), 10);
    expect(() => shares(4, 2)).toThrow(expect.objectContaining({ code: "ERR_RANGE" }));
  });

  it("refuses an update that does not report", () => {
    const strategy = dpFedAvg({ ...given, adaptiveClip: {} });
    expect(() => strategy.checkUpdate!(update("a", model(0)), {} as FitTask)).toThrow(
      expect.objectContaining({ code: "ERR_ARGUMENT" }),
    );
  });
});

describe("after training", () => {
  it("τ-normalisation gives all rows one norm and leaves zeros alone", () => {
    const params = new Map([
      ["fc.weight", { shape: [3, 2], data: Float32Array.of(3, 4, 0, 1, 0, 0) }],
    ]);
    const { data } = normaliseRows(params).get("fc.weight")!;
    const common = Math.sqrt(26 / 3);
    expect(data).toBeAllclose([0.6 * common, 0.8 * common, 0, common, 0, 0], { rtol: 1e-6 });
  });

  it("cRT trains the head alone", async () => {
    const encoder = mlpEncoder([4, 8]);
    const initial = await toyInitial();
    const retrained = await retrainHead(encoder, initial, toyData("server", 48));
    expect(retrained.get("enc.0.weight")).toEqual(initial.get("enc.0.weight"));
    expect(flatten(retrained)).not.toEqual(flatten(initial));
    expect((await toyEvaluate(retrained, { round: 0 })).accuracy).toBeGreaterThan(
      (await toyEvaluate(initial, { round: 0 })).accuracy!,
    );
  });

  it("Ratio Loss refuses a class without auxiliary rows", () => {
    const auxiliary = toyData("c");
    expect(() => ratioLoss({ encoder: toyEncoder, auxiliary })).toThrow(
      expect.objectContaining({ code: "ERR_DATA" }),
    );
  });
});

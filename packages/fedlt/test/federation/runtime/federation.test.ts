import { describe, expect, it } from "vitest";
import {
  FedError,
  type FederationEvent,
  fedAvg,
  finishFederation,
  inProcessTransport,
  type LocalTrain,
  memoryJournal,
  redGrape,
  runFederation,
  type Strategy,
  weightedMean,
} from "../../support/all";
import {
  toyClients,
  toyEncoder,
  toyEvaluate,
  toyInitial,
  toyLocal,
  toyTrain,
} from "../../support/toy";

const transport = (train: LocalTrain = toyTrain) =>
  inProcessTransport({ clients: toyClients, train });

async function events(run: AsyncGenerator<FederationEvent, unknown>): Promise<FederationEvent[]> {
  const seen: FederationEvent[] = [];
  for await (const event of run) seen.push(event);
  return seen;
}

describe("runFederation", () => {
  it("learns, and reports rounds, updates and tests in order", async () => {
    const seen = await events(
      runFederation({
        transport: transport(),
        strategy: redGrape({ local: toyLocal, threshold: 4 }),
        initial: await toyInitial(),
        rounds: 5,
        evaluate: toyEvaluate,
      }),
    );
    expect(seen.filter(({ type }) => type === "round-end")).toHaveLength(5);
    expect(seen.slice(0, 6).map(({ type }) => type)).toEqual([
      "round-start",
      ...Array(4).fill("update-accepted"),
      "round-end",
    ]);
    const last = seen.at(-1)!;
    expect(last.type === "eval-end" && last.metrics.accuracy).toBeGreaterThan(0.8);
  });

  it("rejects and counts updates that are not finite, misshapen or lie about their samples, and goes on", async () => {
    const damage: Record<
      string,
      (update: Awaited<ReturnType<LocalTrain>>) => Awaited<ReturnType<LocalTrain>>
    > = {
      a: (update) => ({
        ...update,
        params: new Map([
          ...update.params,
          ["fc.bias", { shape: [3], data: Float32Array.of(1, Number.NaN, 1) }],
        ]),
      }),
      b: (update) => ({
        ...update,
        params: new Map([
          ...update.params,
          ["fc.bias", { shape: [2], data: Float32Array.of(1, 1) }],
        ]),
      }),
      c: (update) => ({ ...update, numSamples: 1e9 }),
      d: (update) => update,
    };
    const bad = transport(async (task, options) =>
      damage[task.clientId]!(await toyTrain(task, options)),
    );
    const journal = memoryJournal();
    const codes: string[] = [];
    const { counts } = await finishFederation(
      {
        transport: bad,
        strategy: fedAvg({ local: toyLocal }),
        initial: await toyInitial(),
        rounds: 2,
        limits: { maxSamples: 1000 },
        journal,
      },
      { onEvent: (event) => event.type === "update-rejected" && codes.push(event.code) },
    );
    expect(counts).toMatchObject({ accepted: 2, rejected: 6, failed: 0 });
    expect(codes.slice(0, 3).sort()).toEqual(["ERR_NOT_FINITE", "ERR_RANGE", "ERR_SHAPE"]);
    expect(journal.records.map(({ accepted }) => accepted.map(({ clientId }) => clientId))).toEqual(
      [["d"], ["d"]],
    );
  });

  it("rejects prototypes of a class that does not exist", async () => {
    const liar = transport(async (task, options) => {
      const update = await toyTrain(task, options);
      const groups = new Map([
        ...update.groups!,
        ["prototype/99", update.groups!.get("prototype/0")!],
      ]);
      return task.clientId === "a" ? { ...update, groups } : update;
    });
    const { counts } = await finishFederation({
      transport: liar,
      strategy: redGrape({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 1,
    });
    expect(counts).toMatchObject({ accepted: 3, rejected: 1 });
  });

  it("closes a round at the deadline once there is a quorum, and calls stragglers off", async () => {
    let calledOff = false;
    const slow: LocalTrain = (task, options) =>
      task.clientId !== "d"
        ? toyTrain(task, options)
        : new Promise((_, reject) =>
            options.signal!.addEventListener("abort", () => {
              calledOff = true;
              reject(options.signal!.reason);
            }),
          );
    const { counts } = await finishFederation({
      transport: transport(slow),
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 1,
      quorum: 3,
      deadlineMs: 200,
      giveUpMs: 600_000,
    });
    expect(counts).toMatchObject({ accepted: 3, stragglers: 1 });
    expect(calledOff).toBe(true);
  });

  it("fails with ERR_QUORUM when too few clients answer, or skips the round where asked to", async () => {
    const failing = transport(() => {
      throw new FedError("ERR_DATA", "no data");
    });
    const options = {
      transport: failing,
      strategy: fedAvg(),
      initial: await toyInitial(),
      rounds: 2,
      quorum: 2,
    };
    await expect(finishFederation(options)).rejects.toMatchObject({ code: "ERR_QUORUM" });
    const { state, counts } = await finishFederation({ ...options, onMissedQuorum: "skip" });
    expect(counts).toMatchObject({ accepted: 0, failed: 8 });
    expect(state.params).toEqual(await toyInitial());
  });

  it("goes on after the last finished round with the same final bits", async () => {
    const options = {
      strategy: redGrape({ local: toyLocal, threshold: 4 }),
      initial: await toyInitial(),
      seed: 3,
      clientsPerRound: 3,
    };
    const whole = await finishFederation({ ...options, transport: transport(), rounds: 4 });
    const journal = memoryJournal();
    await finishFederation({ ...options, transport: transport(), rounds: 2, journal });
    const seen = await events(
      runFederation({ ...options, transport: transport(), rounds: 4, journal }),
    );
    expect(seen[0]).toEqual({ type: "resumed", round: 2 });
    expect(seen[1]!.type).toBe("round-start");
    expect((await journal.load())!.state).toEqual(whole.state);
    expect(journal.records.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
  });

  it("tests the round again after which it goes on, whose test nobody may have seen", async () => {
    const tests = async (rounds: number, journal = memoryJournal()) => {
      const strategy = redGrape({ local: toyLocal, threshold: 4 });
      const options = { strategy, initial: await toyInitial(), seed: 3, evaluate: toyEvaluate };
      const run = runFederation({ ...options, transport: transport(), rounds, journal });
      return (await events(run)).filter(({ type }) => type === "eval-end");
    };
    const whole = await tests(4);
    const journal = memoryJournal();
    expect(await tests(2, journal)).toEqual(whole.slice(0, 2));
    expect(await tests(4, journal)).toEqual(whole.slice(1));
  });

  it("waits for whoever hears its events, and closes the journal when that fails", async () => {
    const journal = memoryJournal();
    let isClosed = false;
    const closing = async () => {
      isClosed = true;
    };
    const options = {
      transport: transport(),
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 3,
      journal: { ...journal, close: closing },
    };
    const onEvent = async ({ type }: FederationEvent) => {
      if (type === "round-end") throw new Error("the disk is full");
    };
    await expect(finishFederation(options, { onEvent })).rejects.toThrow("the disk is full");
    expect(isClosed).toBe(true);
    expect(journal.records).toHaveLength(1);
  });

  it("refuses another run's journal", async () => {
    const journal = memoryJournal();
    const options = { transport: transport(), initial: await toyInitial(), rounds: 1, journal };
    await finishFederation({ ...options, strategy: fedAvg({ local: toyLocal }) });
    await expect(finishFederation({ ...options, strategy: redGrape() })).rejects.toMatchObject({
      code: "ERR_STATE",
    });
    await expect(
      finishFederation({ ...options, strategy: fedAvg(), seed: 9 }),
    ).rejects.toMatchObject({ code: "ERR_STATE" });
  });

  it("stops when the signal is aborted", async () => {
    const stopper = new AbortController();
    const run = runFederation({
      transport: transport(),
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 100,
      signal: stopper.signal,
    });
    await run.next();
    stopper.abort(new Error("enough"));
    await expect(events(run)).rejects.toThrow("enough");
  });

  it("sums in the order of client ids, whoever answers first", async () => {
    const delays: Record<string, number> = { a: 30, b: 20, c: 10, d: 0 };
    const parallel = (wait: (id: string) => number) => {
      const inner = transport();
      return {
        ...inner,
        send: async (id: string, task: Parameters<typeof inner.send>[1]) => {
          await new Promise((resolve) => setTimeout(resolve, wait(id)));
          return { update: await toyTrain(task, {}), bytesUp: 0, bytesDown: 0 };
        },
      };
    };
    const options = {
      strategy: fedAvg({ local: toyLocal }),
      initial: await toyInitial(),
      rounds: 2,
    };
    const forward = await finishFederation({
      ...options,
      transport: parallel((id) => delays[id]!),
    });
    const backward = await finishFederation({
      ...options,
      transport: parallel((id) => 30 - delays[id]!),
    });
    expect(forward.state).toEqual(backward.state);
  });

  it("lets a strategy put settings of its own into tasks, and refuses client parts that do not exist", async () => {
    const base = fedAvg({ local: toyLocal });
    const withConfig = (more: object): Strategy => ({
      ...base,
      configureFit: async (context, clients) =>
        new Map(
          [...(await base.configureFit(context, clients))].map(([id, { config }]) => [
            id,
            { config: { ...config, ...more } },
          ]),
        ),
    });
    const options = { transport: transport(), initial: await toyInitial(), rounds: 1 };
    const { counts } = await finishFederation({ ...options, strategy: withConfig({ own: 1 }) });
    expect(counts.accepted).toBe(4);
    await expect(
      finishFederation({ ...options, strategy: withConfig({ part: { name: "toString" } }) }),
    ).rejects.toThrow("there is no client part toString");
  });

  it("runs a strategy of the user's own", async () => {
    const median: Strategy = {
      ...fedAvg({ local: toyLocal }),
      name: "median",
      needs: "updates",
      aggregateFit: ({ state }, updates) => {
        const middle = [...updates].sort((a, b) => a.numSamples - b.numSamples)[
          updates.length >> 1
        ]!;
        return { state: { ...state, params: weightedMean().combine([middle]) } };
      },
    };
    const { counts } = await finishFederation({
      transport: transport(),
      strategy: median,
      initial: await toyInitial(),
      rounds: 1,
    });
    expect(counts.accepted).toBe(4);
  });

  it("refuses a client without data by name", async () => {
    const { createTrainer, mlpEncoder } = await import("../../support/all");
    const empty = { inputs: new Float32Array(0), labels: new Int32Array(0), width: 4, classes: 3 };
    const train = createTrainer({ encoder: mlpEncoder([4, 8]), data: empty });
    const messages: string[] = [];
    await finishFederation(
      {
        transport: transport((task, options) =>
          task.clientId === "b" ? train(task, options) : toyTrain(task, options),
        ),
        strategy: fedAvg({ local: toyLocal }),
        initial: await toyInitial(),
        rounds: 1,
      },
      { onEvent: (event) => event.type === "client-failed" && messages.push(event.message) },
    );
    expect(messages).toEqual([
      "fedlt/client b: there is no data to train on; leave this client out of the federation",
    ]);
  });

  it("takes a client with one class, or one row, as any other", async () => {
    const { createTrainer } = await import("../../support/all");
    const rows = (labels: number[]) => ({
      inputs: Float32Array.from({ length: 4 * labels.length }, (_, i) => Math.sin(i)),
      labels: Int32Array.from(labels),
      width: 4,
      classes: 3,
    });
    const narrow = createTrainer({
      encoder: toyEncoder,
      data: (id) => (id === "a" ? rows([1, 1, 1, 1, 1]) : rows([2])),
    });
    const { state, counts } = await finishFederation({
      transport: inProcessTransport({ clients: ["a", "b"], train: narrow }),
      strategy: redGrape({ local: toyLocal, threshold: 2 }),
      initial: await toyInitial(),
      rounds: 3,
    });
    expect(counts).toMatchObject({ accepted: 6, rejected: 0, failed: 0 });
    expect([...state.groups.keys()].sort()).toEqual(["prototype/1", "prototype/2"]);
  });
});

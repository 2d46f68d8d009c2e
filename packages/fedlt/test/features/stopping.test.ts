import { createWasmBackend, getBackend, setBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Mlp, moduleEncoder } from "../../src/longtail/models";
import {
  createClassifier,
  createTrainer,
  creff,
  type Encoder,
  evaluateClassifier,
  type FederationOptions,
  fedAvg,
  finishFederation,
  inProcessTransport,
  type LocalTrain,
  retrainHead,
  scoreStrategy,
} from "../support/all";
import { toyClients, toyData, toyEncoder, toyInitial, toyLocal, toyTrain } from "../support/toy";

const one = new Map([["w", { shape: [1], data: Float32Array.of(0) }]]);
/** Trains at once, so that nothing but the federation gives the event loop a turn. */
const instant: LocalTrain = ({ params }) => ({ params: new Map(params), numSamples: 1 });

/** A signal that a timer of this thread raises: it fires only if the work gives the event loop a turn. */
function soon(): AbortSignal {
  const stopper = new AbortController();
  setTimeout(() => stopper.abort(new Error("enough")), 0);
  return stopper.signal;
}

const manyEpochs = { ...toyLocal, epochs: 100_000 };
const task = async (local = manyEpochs) => ({
  round: 0,
  clientId: "a",
  seed: 0,
  params: await toyInitial(),
  groups: new Map(),
  config: { ...local, loss: { name: "cross-entropy" } },
});
const large = () => toyData("a", 64);

describe("a signal that a timer of the same thread raises ends", () => {
  const before = getBackend();
  beforeAll(async () => setBackend(await createWasmBackend()));
  afterAll(() => setBackend(before));

  const federation = (more: Partial<FederationOptions> = {}) =>
    finishFederation({
      transport: inProcessTransport({ clients: ["a"], train: instant }),
      strategy: fedAvg(),
      initial: one,
      rounds: 1_000_000,
      signal: soon(),
      ...more,
    });
  const encoderOf = (isRecorded: boolean) =>
    moduleEncoder({ build: () => new Mlp([4, 8]), inputShape: [4], width: 8, isRecorded });
  const trainModule = async (isRecorded: boolean) => {
    const encoder = encoderOf(isRecorded);
    const params = await createClassifier(encoder, { classes: 3 });
    const train = createTrainer({ encoder, data: large() });
    return train({ ...(await task()), params }, { signal: soon() });
  };
  const slowRows: Encoder = {
    ...toyEncoder,
    encode: (_, __, rows) => {
      const until = performance.now() + 5; // a chunk that takes its time
      while (performance.now() < until);
      return new Float32Array(8 * rows);
    },
  };

  it.each([
    ["a federation whose clients answer at once", () => federation()],
    [
      "a round of CReFF's matching",
      async () =>
        federation({
          transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
          strategy: creff({ local: toyLocal, matchingSteps: 1_000_000 }),
          initial: await toyInitial(),
          rounds: 1,
        }),
    ],
    [
      "a client's training",
      async () =>
        createTrainer({ encoder: toyEncoder, data: large() })(await task(), { signal: soon() }),
    ],
    ["a client's training of a module", () => trainModule(false)],
    ["a client's training of a module by recorded steps", () => trainModule(true)],
    [
      "scoreStrategy",
      async () => {
        const options = { encoder: toyEncoder, clients: [large()], test: large() };
        const run = scoreStrategy(fedAvg({ local: manyEpochs }), {
          ...options,
          rounds: 100,
          seed: 0,
          signal: soon(),
        });
        for await (const _ of run);
      },
    ],
    [
      "evaluateClassifier",
      async () =>
        evaluateClassifier(slowRows, await toyInitial(), toyData("a", 512 * 200), {
          signal: soon(),
        }),
    ],
    [
      "retrainHead",
      async () =>
        retrainHead(toyEncoder, await toyInitial(), large(), {
          epochs: 1_000_000,
          signal: soon(),
        }),
    ],
  ])("%s", async (_what, work) => {
    await expect(work()).rejects.toThrow("enough");
  });
});

describe("two federations at once on one thread", () => {
  it("give the bits that each gives alone", async () => {
    const run = async (seed: number) =>
      finishFederation({
        transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
        strategy: fedAvg({ local: { ...toyLocal, epochs: 10 } }),
        initial: await toyInitial(),
        rounds: 3,
        seed,
      });
    const alone = [await run(1), await run(2)];
    const together = await Promise.all([run(1), run(2)]);
    expect(together.map(({ state }) => state)).toEqual(alone.map(({ state }) => state));
  });
});

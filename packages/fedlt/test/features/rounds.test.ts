import { join } from "node:path";
import {
  createWasmBackend,
  Generator,
  nn,
  optim,
  setBackend,
  type Tensor,
  tensor,
} from "@deepgrain/tensor-gpu";
import { trainStep } from "@deepgrain/trainer";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { FedError, inProcessTransport, type LocalTrain, tensorChecksum } from "../../src";
import { folderJournal } from "../../src/federation/node";
import { toNamed } from "../../src/longtail/models";
import { localSteps, shareOfBlocks, trainByRounds } from "../../src/rounds";

const ADAMW = { betas: [0.9, 0.95], eps: 1e-8, weightDecay: 0.1 } as const;
const STEPS = 9;
const BATCH = 2;
const tokens = Int32Array.from({ length: 400 }, (_, i) => (i * i + (i >> 3)) % 23);

/** Learns to guess a token from the one before. */
class Guesser extends nn.Module {
  readonly layer = new nn.Linear(2, 1, { generator: new Generator(4) });
  loss([inputs, wanted]: readonly [Float32Array, Float32Array]): Tensor {
    const guess = this.layer.forward(tensor(inputs, { shape: [BATCH, 2] }));
    return guess
      .sub(tensor(wanted, { shape: [BATCH, 1] }))
      .square()
      .mean();
  }
}

const dataOf = (own: Int32Array) => ({
  batch(position: number) {
    const at = Array.from({ length: BATCH }, (_, i) => (position * BATCH + i) % (own.length - 1));
    return [
      Float32Array.from(at.flatMap((i) => [own[i]! / 23, 1])),
      Float32Array.from(at.map((i) => own[i + 1]! / 23)),
    ] as const;
  },
});
const lr = (step: number) => 0.05 * (1 - step / STEPS);

beforeAll(() => setBackend(createWasmBackend({ threads: 1 })));

/** A worker with all its state in its folder, as if it were killed after every answer. */
const workerIn =
  (folder: string, firstStep = 0): LocalTrain =>
  (task, options) =>
    localSteps({
      folder,
      open(config) {
        const { share, shares, innerSteps } = config as Record<string, number>;
        if (config.text !== "own") throw new FedError("ERR_DATA", "another text");
        const module = new Guesser();
        const own = shareOfBlocks(tokens, { block: 8, share: share!, shares: shares! });
        return {
          module,
          lr,
          firstStep,
          loss: (batch: readonly [Float32Array, Float32Array]) => module.loss(batch),
          data: dataOf(own),
          optimizer: { ...ADAMW, betas: [0.9, 0.95] },
          stepsPerRound: innerSteps!,
          samplesPerStep: BATCH,
        };
      },
    })(task, options);

interface Run {
  outerLr?: number;
  outerMomentum?: number;
  firstStep?: number;
  rounds?: number;
  out?: string;
  wrap?: (train: LocalTrain) => LocalTrain;
}

async function byRounds(workers: readonly string[], options: Run = {}) {
  const { firstStep = 0, wrap = (train) => train, out = await temporaryFolder() } = options;
  const { rounds = (STEPS - firstStep) / 3, outerLr, outerMomentum } = options;
  const trains = new Map(workers.map((name) => [name, wrap(workerIn(join(out, name), firstStep))]));
  const module = new Guesser();
  const asked: number[] = [];
  const { metrics, counts } = await trainByRounds({
    module,
    workers,
    rounds,
    outerLr,
    outerMomentum,
    seed: 4,
    transport: inProcessTransport({
      clients: workers,
      train: (task, given) => trains.get(task.clientId)!(task, given),
    }),
    config: { text: "own", innerSteps: 3 },
    evaluate: async () => ({ loss: await module.loss(dataOf(tokens).batch(0)).item() }),
    journal: folderJournal(join(out, "journal")),
    onEvent: (event) => void (event.type === "round-start" && asked.push(event.round)),
  });
  const bits = tensorChecksum(await toNamed(module));
  module.dispose();
  return { bits, loss: metrics.loss!, counts, asked };
}

async function plain(): Promise<{ bits: string; loss: number }> {
  const module = new Guesser();
  const adam = new optim.AdamW([...module.parameters()], { ...ADAMW, betas: [0.9, 0.95] });
  const data = dataOf(tokens);
  for (let step = 0; step < STEPS; step++)
    await trainStep(adam, () => data.batch(step), {
      loss: (batch) => module.loss(batch),
      lr: lr(step),
    });
  const bits = tensorChecksum(await toNamed(module));
  return { bits, loss: await module.loss(data.batch(0)).item() };
}

describe("rounds of local steps", () => {
  it("of one worker with outer rate 1 and no momentum are plain training, bit for bit", async () => {
    const rounds = await byRounds(["worker-0"], { outerLr: 1, outerMomentum: 0 });
    const { bits, loss } = await plain();
    expect(rounds.bits).toBe(bits);
    expect(rounds.loss).toBe(loss);
    expect(bits).not.toBe(tensorChecksum(await toNamed(new Guesser())));
  });

  it("go on in the schedule of steps that were made before the first round", async () => {
    const cold = await byRounds(["a", "b"]);
    const warm = await byRounds(["a", "b"], { firstStep: 6 });
    expect(warm.bits).not.toBe(cold.bits);
    expect(warm.counts.accepted).toBe(2);
    expect(cold.counts.accepted).toBe(6);
    expect((await byRounds(["a", "b"], { firstStep: 6 })).bits).toBe(warm.bits);
  });

  it("come to the same when every task is asked for twice", async () => {
    const once = await byRounds(["a", "b"]);
    const twice = await byRounds(["a", "b"], {
      wrap: (train) => async (task, options) => {
        await train(task, options);
        return train(task, options);
      },
    });
    expect(twice.bits).toBe(once.bits);
  });

  it("go on after the last finished round of a journal", async () => {
    const out = await temporaryFolder();
    const first = await byRounds(["a", "b"], { out, rounds: 1 });
    const rest = await byRounds(["a", "b"], { out });
    expect([first.asked, rest.asked]).toEqual([[0], [1, 2]]);
    expect(rest.bits).toBe((await byRounds(["a", "b"])).bits);
  });

  it("deal disjoint blocks out, by the order of ids, and hand on what a worker refuses", async () => {
    const shares = [0, 1].map((share) => shareOfBlocks(tokens, { block: 8, share, shares: 2 }));
    expect(shares.map(({ length }) => length)).toEqual([200, 200]);
    expect(shares[0]!.slice(0, 8)).toEqual(tokens.slice(0, 8));
    expect(shares[1]!.slice(0, 8)).toEqual(tokens.slice(8, 16));
    const seen = new Map<string, unknown>();
    await byRounds(["b", "a"], {
      rounds: 1,
      wrap: (train) => (task, options) => {
        seen.set(task.clientId, task.config.share);
        return train(task, options);
      },
    });
    expect([seen.get("a"), seen.get("b")]).toEqual([0, 1]);
    const task = { round: 0, clientId: "a", seed: 0, params: new Map(), groups: new Map() };
    const train = workerIn(await temporaryFolder());
    await expect(async () => train({ ...task, config: { text: "x" } }, {})).rejects.toMatchObject({
      code: "ERR_DATA",
    });
    const none = { text: "own", innerSteps: 0, share: 0, shares: 1 };
    await expect(async () => train({ ...task, config: none }, {})).rejects.toMatchObject({
      code: "ERR_RANGE",
    });
  });
});

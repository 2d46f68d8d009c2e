import { join } from "node:path";
import { inProcessTransport, type LocalTrain, tensorChecksum } from "@deepgrain/fedlt";
import { toNamed } from "@deepgrain/fedlt/models";
import { sequentialBatches } from "@deepgrain/lm";
import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import { beforeAll, describe, expect, it } from "vitest";
import { localSteps, shareOf } from "../../src/fedlt/local-steps";
import {
  firstModel,
  localStepsStrategy,
  trainByRounds,
  trainPlain,
} from "../../src/fedlt/train-by-rounds";
import { temporaryFolder } from "../call";

const tokens = Int32Array.from({ length: 2000 }, (_, i) => (i * i + (i >> 3)) % 23);
const model = {
  model_type: "llama",
  vocab_size: 23,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  max_position_embeddings: 16,
};
const settings = {
  innerSteps: 3,
  steps: 9,
  warmSteps: 0,
  batchSize: 2,
  sequenceLength: 16,
  lr: 0.01,
  warmup: 2,
  seed: 4,
  tokenizer: "own",
  model,
};
const batches = sequentialBatches(tokens, { blockLength: 16, batchSize: 4, blocks: 8 });
const quiet = {
  title: () => {},
  note: () => {},
  task: () => ({ update: () => {}, end: () => {} }),
  finish: () => {},
  close: () => {},
};
const { signal } = new AbortController();

beforeAll(() => setBackend(createWasmBackend({ threads: 1 })));

/** Trains by rounds with workers made anew for every task, as if each had been killed after its answer. */
async function byRounds(
  names: readonly string[],
  outer: { outerLr: number; outerMomentum: number },
  wrap: (make: () => LocalTrain) => LocalTrain = (make) => (task, options) => make()(task, options),
  warmSteps = 0,
) {
  const out = await temporaryFolder();
  const trains = new Map(
    names.map((name) => [
      name,
      wrap(() => localSteps({ tokens, tokenizer: "own", folder: join(out, name) })),
    ]),
  );
  const transport = inProcessTransport({
    clients: names,
    train: (task, options) => trains.get(task.clientId)!(task, options),
  });
  const common = { transport, names, outer, tokens, batches, out, progress: quiet, signal };
  const options = { ...common, settings: { ...settings, warmSteps } };
  const { model: trained, loss, counts } = await trainByRounds(options);
  const bits = tensorChecksum(await toNamed(trained));
  trained.dispose();
  return { bits, loss, counts };
}

describe("local steps", () => {
  it("of one worker with outer rate 1 and no momentum are plain training, bit for bit", async () => {
    const whole = { ...settings, share: 0, shares: 1 };
    const plain = await trainPlain(whole, { data: shareOf(tokens, whole), batches, signal });
    const rounds = await byRounds(["worker-0"], { outerLr: 1, outerMomentum: 0 });
    expect(rounds.bits).toBe(tensorChecksum(await toNamed(plain.model)));
    expect(rounds.loss).toBe(plain.loss);
    plain.model.dispose();
    const fresh = firstModel(settings);
    expect(tensorChecksum(await toNamed(fresh))).not.toBe(rounds.bits);
    fresh.dispose();
  });

  it("start from a model that was trained plainly, where asked to, and go on in its schedule", async () => {
    const outer = { outerLr: 0.7, outerMomentum: 0.5 };
    const cold = await byRounds(["a", "b"], outer);
    const warm = await byRounds(["a", "b"], outer, undefined, 6);
    expect(warm.bits).not.toBe(cold.bits);
    expect(warm.counts.accepted).toBe(2);
    expect(cold.counts.accepted).toBe(6);
    const again = await byRounds(["a", "b"], outer, undefined, 6);
    expect(again.bits).toBe(warm.bits);
  });

  it("come to the same when every task is asked for twice", async () => {
    const outer = { outerLr: 0.7, outerMomentum: 0.5 };
    const names = ["a", "b"];
    const once = await byRounds(names, outer);
    const twice = await byRounds(names, outer, (make) => async (task, options) => {
      await make()(task, options);
      return make()(task, options);
    });
    expect(twice.bits).toBe(once.bits);
    expect(once.counts.bytesUp).toBeGreaterThan(3 * 2 * 4 * 16 * 23);
  });

  it("read disjoint shares, and refuse text of another tokenizer", async () => {
    const shares = [0, 1].map((share) => shareOf(tokens, { ...settings, share, shares: 2 }));
    expect(shares[0]!.batch(0)).not.toEqual(shares[1]!.batch(0));
    const tasks = await localStepsStrategy(settings, ["b", "a"], {
      outerLr: 1,
      outerMomentum: 0,
    }).configureFit({} as never, ["a", "b"]);
    expect([...tasks.values()].map(({ config }) => config!.share)).toEqual([0, 1]);
    const train = localSteps({ tokens, tokenizer: "another", folder: await temporaryFolder() });
    const task = { round: 0, clientId: "a", seed: 0, params: new Map(), groups: new Map() };
    const { config } = tasks.get("a")!;
    await expect(async () => train({ ...task, config: config! }, {})).rejects.toMatchObject({
      code: "ERR_DATA",
    });
  });
});

import { tensorChecksum } from "@deepgrain/fedlt";
import { toNamed } from "@deepgrain/fedlt/models";
import { localSteps } from "@deepgrain/fedlt/rounds";
import { sequentialBatches } from "@deepgrain/lm";
import { createWasmBackend, setBackend } from "@deepgrain/tensor-gpu";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import {
  firstModel,
  plainLoss,
  shareOf,
  stepTraining,
  takePlainSteps,
} from "../../src/fedlt/lm-training";

const tokens = Int32Array.from({ length: 2000 }, (_, i) => (i * i + (i >> 3)) % 23);
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
  model: {
    model_type: "llama",
    vocab_size: 23,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 2,
    max_position_embeddings: 16,
  },
};
const whole = { ...settings, share: 0, shares: 1 };
const { signal } = new AbortController();

beforeAll(() => setBackend(createWasmBackend({ threads: 1 })));

describe("local steps of a language model", () => {
  it("are lm's own training, bit for bit, from round to round", async () => {
    const plain = firstModel(settings);
    await takePlainSteps(plain, whole, { tokens, signal });
    const train = localSteps({
      open: stepTraining({ train: tokens, fingerprint: "own" }),
      folder: await temporaryFolder(),
    });
    const first = firstModel(settings);
    const task = { clientId: "a", seed: 0, groups: new Map(), config: whole as never };
    let params = await toNamed(first);
    for (let round = 0; round < 3; round++)
      ({ params } = await train({ ...task, round, params }, {}));
    expect(tensorChecksum(params)).toBe(tensorChecksum(await toNamed(plain)));
    const batches = sequentialBatches(tokens, { blockLength: 16, batchSize: 4, blocks: 8 });
    expect(await plainLoss(whole, { tokens, batches, signal })).toBeLessThan(4);
  });

  it("read disjoint shares, and refuse text of another tokenizer", () => {
    const shares = [0, 1].map((share) => shareOf(tokens, { ...settings, share, shares: 2 }));
    expect(shares[0]!.batch(0)).not.toEqual(shares[1]!.batch(0));
    const open = stepTraining({ train: tokens, fingerprint: "another" });
    expect(() => open(whole)).toThrow("another tokenizer");
  });
});

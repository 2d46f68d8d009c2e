import { memory, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { stoppedByTimer } from "@deepgrain/vitest/stopped";
import { describe, expect, it } from "vitest";
import { scoreBlocks, scoreExperts } from "../src";
import { baseFingerprint } from "../src/adapter/base-fingerprint";
import { TinyModel } from "./support/tiny-model";

function* samples(count: number) {
  for (let i = 0; i < count; i++) yield [[1 + (i % 7), 2, 3, 4]];
}

describe("a signal that a timer on the same thread raises", () => {
  it("ends scoreExperts before its last sample", async () => {
    const model = new TinyModel();
    const { error, reason, items } = await stoppedByTimer((signal) =>
      scoreExperts(model, samples(5000), { run: (ids) => model.hidden(ids), signal }),
    );
    expect(error).toBe(reason);
    expect(items).toBeLessThan(5000);
    model.dispose();
  });

  it("ends scoreBlocks between two blocks and disposes the open one", async () => {
    let open = 0;
    const identity = () => ({
      moe: null,
      forward: (hidden: Tensor) => hidden.add(0),
      dispose: () => void open--,
    });
    const hidden = { shape: [1, 2, 4], data: new Float32Array(8) };
    const { error, reason } = await stoppedByTimer((signal) =>
      scoreBlocks([hidden], {
        blocks: 1e6,
        openBlock: () => {
          open++;
          return identity();
        },
        signal,
      }),
    );
    expect(error).toBe(reason);
    expect(open).toBe(0);
  });

  it("ends baseFingerprint before its last weight", async () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    const model = {
      weightNames: () => names,
      readWeight: async () => ({ shape: [1], data: new Float32Array(1) }),
    };
    const { error, reason } = await stoppedByTimer((signal) =>
      baseFingerprint(model, new Set(), { signal }),
    );
    expect(error).toBe(reason);
  });
});

describe("two scorings at once", () => {
  const scored = async (isLate: boolean) => {
    const model = new TinyModel({ seed: isLate ? 2 : 1 });
    const run = isLate
      ? async (ids: number[][]) => {
          await undefined;
          tidy(() => void model.hidden(ids));
        }
      : (ids: number[][]) => model.hidden(ids);
    const steps = scoreExperts(model, samples(20), { run });
    let next = await steps.next();
    while (!next.done) next = await steps.next();
    model.dispose();
    return next.value;
  };

  it("give the scores that each gives alone, and hold no scope open across a wait", async () => {
    const alone = [await scored(false), await scored(true)];
    const { bytes } = memory();
    expect(await Promise.all([scored(false), scored(true)])).toEqual(alone);
    expect(memory().bytes).toBe(bytes);
  });
});

import { readFileSync } from "node:fs";
import { manualSeed, memory } from "@deepgrain/tensor-gpu";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packPixels, TEST, TRAINING, unpackDigits } from "../../src/federated/digits";
import { federate, splitDigits } from "../../src/federated/federate";
import type { RecordedFederation } from "../../src/federated/recorded";
import { setupOf } from "../../src/federated/state";
import { readRecorded } from "../../src/site/read-recorded";

const bytes = readFileSync(new URL("../../recorded/digits.bin", import.meta.url));
const digits = unpackDigits(new Uint8Array(bytes));

describe("the shipped digits", () => {
  it("are pictures of each class for training and for testing", () => {
    const { train, test } = digits;
    expect(train.labels.length).toBe(10 * TRAINING);
    expect(test.labels.length).toBe(10 * TEST);
    expect(bytes.length).toBe(((TRAINING + TEST) * 10 * 196) / 2);
    // A zero is dark in its middle, a one is not.
    const middleOf = (label: number) => {
      const rows = [...train.labels.keys()].filter((row) => train.labels[row] === label);
      return (
        rows.reduce((sum, row) => sum + train.inputs[row * 196 + 7 * 14 + 7]!, 0) / rows.length
      );
    };
    expect(middleOf(1)).toBeGreaterThan(middleOf(0) + 1);
  });

  it("keep sixteen grey levels", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 2, maxLength: 40 }),
        (levels) => {
          if (levels.length % 2 === 1) levels.pop();
          const packed = packPixels(Float32Array.from(levels, (level) => level / 15));
          const back = [...packed].flatMap((byte) => [byte & 15, byte >> 4]);
          expect(back).toEqual(levels);
        },
      ),
    );
  });
});

describe("two federations", () => {
  it("share clients whose classes are skewed as asked", () => {
    const { counts, countsPerClient } = splitDigits(digits.train, { ratio: 50, seed: 3 });
    expect([counts[0], counts[9]]).toEqual([200, 4]);
    for (const digit of counts.keys())
      expect(countsPerClient.reduce((sum, own) => sum + own[digit]!, 0)).toBe(counts[digit]);
    expect(splitDigits(digits.train, { ratio: 1, seed: 3 }).counts).toEqual(Array(10).fill(200));
  });

  it("repeat what was recorded, and free what they used when they are stopped", async () => {
    const { run, state } = readRecorded<RecordedFederation>("federated").federation;
    const { signal } = new AbortController();
    manualSeed(1);
    const bytesBefore = memory().bytes;
    const setup = setupOf(state);
    expect(setup).toEqual({ ratio: 50, seed: 1, rounds: 30, hasSecondHead: true });
    for await (const event of federate(digits, setup, signal)) {
      if (event.type === "split") expect(event.countsPerClient).toEqual(run.countsPerClient);
      else expect(event.scores).toEqual(run.rounds[event.round - 1]);
      if (event.type === "round-end" && event.round === 2) break;
    }
    expect(memory().bytes).toBe(bytesBefore);
  });

  it("differ where RedGrape has no second head", async () => {
    const { signal } = new AbortController();
    const setup = { ratio: 50, seed: 1, rounds: 4, hasSecondHead: false };
    const { run } = readRecorded<RecordedFederation>("federated").federation;
    for await (const event of federate(digits, setup, signal)) {
      if (event.type !== "round-end" || event.round < 4) continue;
      expect(event.scores.fedavg).toEqual(run.rounds[3]!.fedavg);
      expect(event.scores.redgrape).not.toEqual(run.rounds[3]!.redgrape);
    }
  });
});

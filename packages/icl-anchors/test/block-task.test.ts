import { createRandom, IGNORED_LABEL } from "@deepgrain/lm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockTask, blockTokenName, blockVocabulary, lookAlikeTask } from "../src";
import { blockDemonstrations, blockPrompt } from "../src/tiny/block-prompts";
import { blockBatch, labelToken, separatorToken } from "../src/tiny/block-task";

const topicOf = (id: number) => Math.floor(id / blockTask.wordsPerTopic);

describe("the block task", () => {
  it("has 65 tokens: words, common words, labels and a separator", () => {
    expect(blockVocabulary(blockTask)).toBe(65);
    const names = [0, 5, 47, 48, 55, 56, 63, 64].map((id) => blockTokenName(blockTask, id));
    expect(names).toEqual(["0.0", "1.2", "15.2", "common0", "common7", "label0", "label7", "→"]);
  });

  it("asks only for labels that occurred before, with the label after each separator", () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const { ids, labels, topics, positions, batch, length } = blockBatch(blockTask, {
          batch: 3,
          seed: [seed],
        });
        expect(ids.length).toBe(batch * length);
        expect(positions[0]).toBeLessThanOrEqual(16);
        for (let row = 0; row < batch; row++) {
          const seen = new Set<number>();
          for (let t = 0; t < length; t++) {
            const at = row * length + t;
            if (ids[at] === separatorToken(blockTask)) expect(topics[at]).toBe(topics[at + 1]);
            if (ids[at]! < labelToken(blockTask, 0) || ids[at] === separatorToken(blockTask))
              continue;
            expect(labels[at]).toBe(seen.has(ids[at]!) ? ids[at] : IGNORED_LABEL);
            seen.add(ids[at]!);
          }
          // The query's class is that of a demonstration, so its label is always asked for.
          expect(labels[(row + 1) * length - 1]).not.toBe(IGNORED_LABEL);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("repeats by seed", () => {
    const draw = (seed: number) => blockBatch(lookAlikeTask, { batch: 2, seed: [seed] });
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3).ids).not.toEqual(draw(4).ids);
  });

  it("makes prompts of one block per class and a query of the gold class", () => {
    const { next: random } = createRandom(2);
    const task = { ...blockTask, noise: 0 };
    const shown = blockDemonstrations(task, { random, topics: [3, 9], names: [1, 6] });
    const prompt = blockPrompt(task, shown, { random, gold: 1 });
    expect(prompt.ids).toHaveLength(14);
    expect(prompt.classIds).toEqual([labelToken(task, 1), labelToken(task, 6)]);
    const ids = Array.from(prompt.ids);
    for (const [kind, [place]] of prompt.labelPositions.entries()) {
      expect(ids[place!]).toBe(prompt.classIds[kind]);
      expect(topicOf(ids[place! - 2]!)).toBe(shown.topics[kind]);
    }
    expect(topicOf(ids[10]!)).toBe(9);
    expect(prompt.queryStart).toBe(10);
    expect(ids.at(-1)).toBe(separatorToken(task));
  });
});

import { describe, expect, it } from "vitest";
import { bestTail, ones } from "../src/schemes/ctwl/hits-tail";
import { type PartitionVote, partsByPrefix } from "../src/schemes/ctwl/shared-draws";
import { sumTail } from "../src/statistics/binomial";
import { type Part, sparseTail, tailOf } from "../src/statistics/sparse-sum";
import { makeRandom } from "./support/language-model";

/** Votes after a few prefixes, several after some, with the partitions that hold their tokens. */
function randomVotes(random: () => number, prefixes: number, partitions: number): PartitionVote[] {
  return Array.from({ length: prefixes }, (_, p) =>
    Array.from({ length: 1 + Math.floor(3 * random()) }, (): PartitionVote => {
      const share = 0.3 + 0.6 * random();
      const bits = Uint8Array.from({ length: partitions }, () => (random() < share ? 1 : 0));
      const chance = bits.reduce((sum, bit) => sum + bit, 0) / partitions;
      return { chance, prefix: String(p), bits };
    }),
  ).flat();
}

/** The message of a test is a draw of one partition per prefix, as digits of a number. */
const drawn = (message: number, prefix: string, partitions: number) =>
  Math.floor(message / partitions ** Number(prefix)) % partitions;

describe("the tail of the best message", () => {
  it.each([1, 2, 3, 4, 5])(
    "is the share of draws that do as well, counted one by one: %d",
    (seed) => {
      const [prefixes, partitions] = [4, 5];
      const votes = randomVotes(makeRandom(seed), prefixes, partitions);
      const messages = partitions ** prefixes;
      const isHit = (vote: PartitionVote, _: number, message: number) =>
        vote.bits[drawn(message, vote.prefix, partitions)] === 1;
      const median = votes.map(({ chance }) => chance).sort((a, b) => a - b)[votes.length >> 1]!;
      const scores = Array.from({ length: messages }, (_, message) => {
        const hit = votes.filter((vote) => isHit(vote, 0, message));
        return { hits: hit.length, rare: hit.filter(({ chance }) => chance < median).length };
      });
      const hits = Math.max(...scores.map((own) => own.hits));
      const tied = scores.flatMap((own, message) => (own.hits === hits ? [message] : []));
      const rare = Math.max(...tied.map((message) => scores[message]!.rare));
      const asGood = scores.filter((own) => own.hits === hits && own.rare >= rare).length;
      const splitter = { partsOf: partsByPrefix, isHit };
      expect(bestTail(splitter, votes, 0, { hits, tied })).toBeCloseTo(asGood / messages, 12);
      expect(asGood).toBeLessThanOrEqual(tied.length);
    },
  );

  it("is that of the hits alone where all chances are equal, or too many messages tie", () => {
    const votes = Array.from({ length: 12 }, (_, i) => ({
      chance: 0.5,
      prefix: String(i),
      bits: Uint8Array.of(0, 1),
    }));
    const splitter = { partsOf: partsByPrefix, isHit: () => true };
    const plain = tailOf(partsByPrefix(votes, ones(12)), 9);
    expect(plain).toBeCloseTo(sumTail(Array(12).fill([0.5, 0.5]), 9), 12);
    expect(bestTail(splitter, votes, 0, { hits: 9, tied: [3] })).toBe(plain);
    const uneven = [{ chance: 0.25, prefix: "12", bits: Uint8Array.of(0, 0, 0, 1) }, ...votes];
    const many = Array.from({ length: 300 }, (_, message) => message);
    const wide = tailOf(partsByPrefix(uneven, ones(13)), 9);
    expect(bestTail(splitter, uneven, 0, { hits: 9, tied: many })).toBe(wide);
  });
});

describe("the tail of a sum of parts given by value", () => {
  it("is that of parts given densely", () => {
    const random = makeRandom(7);
    const parts = Array.from({ length: 20 }, (): Part => {
      const chance = random();
      return new Map([
        [0, (1 - chance) / 2],
        [1 + Math.floor(5 * random()), (1 - chance) / 2],
        [9, chance],
      ]);
    });
    for (let k = 0; k <= 181; k++) expect(sparseTail(parts, k)).toBeCloseTo(tailOf(parts, k), 12);
  });
});

import { createRandom } from "@deepgrain/lm";
import { describe, expect, it } from "vitest";
import {
  type ArraySpecification,
  arraySpecifications,
  arrayTask,
  writtenWith,
} from "../array-tasks";
import { answerIds, answerText, promptIds, VOCABULARY } from "../array-tokens";
import { passes } from "./run-expression";

const all = arraySpecifications(3000);
const judged = (one: ArraySpecification, pieces: readonly string[], strength: "full" | "weak") =>
  passes(pieces.join(""), arrayTask(one, strength).tests);

describe("functions over arrays", () => {
  it("are different from one another, the same for the same seed", () => {
    expect(new Set(all.map(({ words }) => words.join())).size).toBe(3000);
    expect(arraySpecifications(50).map(({ words }) => words)).toEqual(
      all.slice(0, 50).map(({ words }) => words),
    );
    expect(arraySpecifications(5, 1)[0]!.words).not.toEqual(all[0]!.words);
  });

  it("pass both kinds of tests as they should be written", () => {
    for (const one of all.slice(0, 400)) {
      expect(judged(one, one.right, "full"), one.words.join()).toBe(true);
      expect(judged(one, one.right, "weak"), one.words.join()).toBe(true);
    }
  });

  it("have mistakes that full tests find and the weak test mostly does not", () => {
    const { next } = createRandom([1]);
    let [wrong, weak] = [0, 0];
    for (const one of all) {
      const pieces = writtenWith(one, 1, next);
      if (pieces.join() === one.right.join()) continue;
      if (judged(one, pieces, "full")) continue; // A mistake without effect, as an odd number of none.
      wrong++;
      if (judged(one, pieces, "weak")) weak++;
    }
    expect(wrong).toBeGreaterThan(1000);
    expect(weak / wrong).toBeGreaterThan(0.5);
    expect(weak / wrong).toBeLessThan(1);
  });

  it.each([
    [["keep the odd numbers", "sum"], ".filter(x=>x%2!==0).reduce((s,x)=>s+x,0)"],
    [["keep what is above 3", "square", "count"], ".filter(x=>x>3).map(x=>x*x).length"],
    [["sort down"], ".sort((s,x)=>x-s)"],
  ])("%s are written %s", (words, text) => {
    const every = arraySpecifications(11_000);
    const one = every.find((each) => each.words.join() === words.join())!;
    expect(one.right.join("")).toBe(text);
    expect(arrayTask(one).prompt).toBe(`// ${words.join(", ")}\nconst solve = (list) => list`);
  });

  it("become tokens and come back", () => {
    for (const one of all.slice(0, 100)) {
      const ids = answerIds(one.right);
      expect(answerText(ids)).toBe(one.right.join(""));
      for (const id of [...promptIds(one), ...ids]) expect(id).toBeLessThan(VOCABULARY);
    }
  });
});

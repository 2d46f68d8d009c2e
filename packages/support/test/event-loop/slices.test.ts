import { describe, expect, it } from "vitest";
import { atOnce, inSlices, nextTurn, type Slices } from "../../src";

function* sum(last: number, done: number[] = []): Slices<number> {
  let total = 0;
  try {
    for (let i = 1; i <= last; i++) {
      total += i;
      yield;
    }
  } finally {
    done.push(total);
  }
  return total;
}

describe("work in slices", () => {
  it("has one result at once and in slices", async () => {
    expect(atOnce(sum(4))).toBe(10);
    expect(await inSlices(sum(4), () => undefined)).toBe(10);
  });

  it("lets other work go first, wherever it yields", async () => {
    const order: string[] = [];
    const work = inSlices(sum(3), () => nextTurn().then(() => void order.push("slice")));
    setImmediate(() => order.push("other"));
    await work;
    expect(order.indexOf("other")).toBeGreaterThanOrEqual(0);
    expect(order.indexOf("other")).toBeLessThan(order.lastIndexOf("slice"));
  });

  it("ends with what the turn throws, and cleans up", async () => {
    const done: number[] = [];
    let turns = 0;
    const work = inSlices(sum(9, done), () => {
      if (++turns === 2) throw new Error("enough");
      return undefined;
    });
    await expect(work).rejects.toThrow("enough");
    expect(done).toEqual([3]);
  });
});

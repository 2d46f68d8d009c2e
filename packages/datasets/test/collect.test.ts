import { describe, expect, it } from "vitest";
import { collect } from "../src/index";

async function* counting(state: { isClosed: boolean }) {
  try {
    for (let i = 0; ; i++) yield i;
  } finally {
    state.isClosed = true;
  }
}

describe("collect", () => {
  it("takes everything from a finite source", async () => {
    expect(await collect(["a", "b"])).toEqual(["a", "b"]);
  });

  it("closes the source once the limit is reached", async () => {
    const state = { isClosed: false };
    expect(await collect(counting(state), { limit: 3 })).toEqual([0, 1, 2]);
    expect(state.isClosed).toBe(true);
    expect(await collect(counting(state), { limit: 0 })).toEqual([]);
  });

  it.each([-1, 1.5, Number.NaN])("refuses the limit %d", async (limit) => {
    await expect(collect([], { limit })).rejects.toMatchObject({ code: "ERR_RANGE" });
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(collect([1], { signal })).rejects.toThrow("enough");
  });
});

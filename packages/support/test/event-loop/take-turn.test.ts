import { describe, expect, it } from "vitest";
import { takeTurn } from "../../src";

describe("a turn of the event loop", () => {
  it("is taken at most once per 20 ms", async () => {
    let time = 1e12; // beyond any turn that was taken before
    let turns = 0;
    for (let step = 0; step < 100; step++) {
      const turn = takeTurn(() => time);
      if (turn !== undefined) turns++;
      await turn;
      time += 1;
    }
    expect(turns).toBe(5);
  });

  it("lets timers fire during work", async () => {
    let time = 2e12;
    let hasFired = false;
    setTimeout(() => {
      hasFired = true;
    }, 0);
    while (!hasFired) {
      time += 20;
      await takeTurn(() => time);
    }
    expect(hasFired).toBe(true);
  });

  it("goes on where there is no setImmediate, as in a page", async () => {
    const own = globalThis.setImmediate;
    Reflect.deleteProperty(globalThis, "setImmediate");
    try {
      await takeTurn(() => 3e12);
    } finally {
      globalThis.setImmediate = own;
    }
    expect(takeTurn(() => 3e12 + 19)).toBeUndefined();
  });

  it("is due again when the clock was set back", async () => {
    expect(takeTurn(() => 1)).toBeInstanceOf(Promise);
  });
});

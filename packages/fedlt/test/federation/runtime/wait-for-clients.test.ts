import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FederationEvent, fedAvg, runFederation, type Transport } from "../../../src";

const params = new Map([["w", { shape: [1], data: Float32Array.of(0) }]]);

/** A transport whose only client joins when told to. */
function late() {
  const listeners = new Set<() => void>();
  let nodes: { id: string }[] = [];
  const transport: Transport = {
    nodes: () => nodes,
    send: async () => ({ update: { params, numSamples: 1 }, bytesUp: 0, bytesDown: 0 }),
    onEvent: (listener) => {
      const tell = () => listener({ type: "node-joined", clientId: "a" });
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    close: async () => undefined,
  };
  const join = () => {
    nodes = [{ id: "a" }];
    for (const tell of listeners) tell();
  };
  return { transport, join };
}

describe("a federation that nobody has joined", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("says so once after 10 s, and begins when a client comes", async () => {
    const { transport, join } = late();
    const seen: FederationEvent[] = [];
    const run = (async () => {
      const options = { transport, strategy: fedAvg(), initial: params, rounds: 1 };
      for await (const event of runFederation(options)) seen.push(event);
    })();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(seen).toEqual([
      expect.objectContaining({
        type: "warning",
        reason: "no-clients",
        message: expect.stringContaining("no client has joined yet"),
      }),
    ]);
    join();
    await run;
    expect(seen.map(({ type }) => type)).toContain("round-end");
  });
});

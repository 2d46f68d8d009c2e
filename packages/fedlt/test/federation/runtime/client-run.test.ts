import { describe, expect, it } from "vitest";
import type { ClientEvent } from "../../../src";
import { startClient } from "../../../src/federation/runtime/client-run";

const finished: ClientEvent = { type: "finished" };
const start = (round: number): ClientEvent => ({ type: "task-start", round, kind: "fit" });

describe("a client", () => {
  it("takes part whether its events are read or not", async () => {
    const seen: string[] = [];
    const run = startClient(async function* () {
      seen.push("started");
      yield finished;
      seen.push("over");
    }, undefined);
    await run.done;
    expect(seen).toEqual(["started", "over"]);
  });

  it("gives its events in order, and its error to whoever reads them", async () => {
    const run = startClient(async function* () {
      yield start(0);
      yield finished;
      throw new Error("refused");
    }, undefined);
    const seen: ClientEvent[] = [];
    const read = async () => {
      for await (const event of run) seen.push(event);
    };
    await expect(read()).rejects.toThrow("refused");
    expect(seen).toEqual([start(0), finished]);
  });

  it("leaves when the loop over its events is left", async () => {
    const run = startClient(async function* (signal) {
      yield start(0);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    }, undefined);
    for await (const _ of run) break;
    await run.done;
  });

  it("keeps the newest 256 events while nobody reads", async () => {
    const run = startClient(async function* () {
      for (let round = 0; round < 1000; round++) yield start(round);
    }, undefined);
    await run.done;
    const seen: ClientEvent[] = [];
    for await (const event of run) seen.push(event);
    expect(seen).toEqual(Array.from({ length: 256 }, (_, i) => start(744 + i)));
  });
});

import { stoppedByTimer } from "@deepgrain/vitest/stopped";
import { describe, expect, it } from "vitest";
import { collect, licenceTexts, pronunciations, wordnetGlosses } from "../src";

describe("a signal that a timer on the same thread raises", () => {
  it("ends collect before its last item, though the source never waits", async () => {
    function* endless() {
      for (;;) yield 1;
    }
    const { error, reason } = await stoppedByTimer((signal) => collect(endless(), { signal }));
    expect(error).toBe(reason);
  });

  it.each([
    ["pronunciations", (signal: AbortSignal) => pronunciations({ signal })],
    ["licenceTexts", (signal: AbortSignal) => licenceTexts({ signal })],
    ["wordnetGlosses", (signal: AbortSignal) => wordnetGlosses({ signal })],
  ])("ends %s before its last record", async (_, run) => {
    const { error, reason } = await stoppedByTimer(run);
    expect(error).toBe(reason);
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { createRequestGate } from "../../src/completers/request-gate";

afterEach(() => void vi.useRealTimers());

/** Sends requests at once through a gate; each takes `takesMs`. @returns the times at which they started */
async function startTimes(
  gate: ReturnType<typeof createRequestGate>,
  count: number,
  takesMs: number,
): Promise<number[]> {
  const times: number[] = [];
  const begun = Date.now();
  const requests = Array.from({ length: count }, () =>
    gate.run(async () => {
      times.push(Date.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, takesMs));
    }),
  );
  await vi.runAllTimersAsync();
  await Promise.all(requests);
  return times;
}

describe("a gate for requests", () => {
  it("spaces their starts evenly, as many per minute as it may", async () => {
    vi.useFakeTimers();
    const times = await startTimes(createRequestGate({ requestsPerMinute: 6000 }), 40, 2);
    expect(times).toEqual(Array.from({ length: 40 }, (_, i) => 10 * i));
  });

  it("starts one when another ends where no more may run at a time", async () => {
    vi.useFakeTimers();
    expect(await startTimes(createRequestGate({ concurrency: 2 }), 6, 30)).toEqual([
      0, 0, 30, 30, 60, 60,
    ]);
  });

  it("starts none during a pause", async () => {
    vi.useFakeTimers();
    const gate = createRequestGate();
    gate.pause(500);
    expect(await startTimes(gate, 2, 1)).toEqual([500, 500]);
  });
});

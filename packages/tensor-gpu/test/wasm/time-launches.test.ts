import { describe, expect, it } from "vitest";
import {
  createWasmBackend,
  getBackend,
  matmul,
  randn,
  setBackend,
  tidy,
  timeLaunches,
} from "../../src";

describe("timeLaunches", () => {
  it.each([1, 2])("counts launches on %i threads, and only while it runs", async (threads) => {
    const before = getBackend();
    const backend = createWasmBackend({ threads });
    setBackend(backend);
    await backend.threadsReady();
    const product = () => tidy(() => void matmul(randn([64, 64]), randn([64, 64])));
    product();
    const { launches, totalMs, launchMs, barrierMs } = await timeLaunches(async () => product());
    product();
    const none = await timeLaunches(() => undefined);
    setBackend(before);
    await backend.dispose();
    expect(launches).toBeGreaterThanOrEqual(3); // two of numbers, one of the product
    expect(launchMs).toBeLessThanOrEqual(totalMs);
    expect(barrierMs).toBeLessThanOrEqual(launchMs);
    expect(none).toMatchObject({ launches: 0, launchMs: 0, barrierMs: 0 });
  });

  it("measures one thing at a time, and again after a failure", async () => {
    const running = timeLaunches(() => timeLaunches(() => undefined));
    await expect(running).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    await expect(timeLaunches(() => undefined)).resolves.toMatchObject({ launches: 0 });
  });
});

import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import { purify, seededRandom } from "../../src";

it("purify ends with the reason of a signal that a timer raises", async () => {
  const random = seededRandom(1);
  const tensors = (step: number): NamedTensors =>
    new Map(
      Array.from({ length: 3000 }, (_, i) => [
        `layer.${i}.weight`,
        { shape: [1000], data: Float32Array.from({ length: 1000 }, () => 1 + step * random()) },
      ]),
    );
  const stop = new AbortController();
  const reason = new Error("enough");
  const [init, finetuned] = [tensors(0), tensors(0.1)];
  setTimeout(() => stop.abort(reason), 1);
  const run = purify(init, finetuned, { indicator: "delta2", rho: 0.5, signal: stop.signal });
  await expect(run).rejects.toBe(reason);
});

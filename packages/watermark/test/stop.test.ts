import { expect, it } from "vitest";
import { calibrate, continueText, createKey, createWatermark } from "../src";

const COUNT = 1_000_000;
const logits = () => Float32Array.from({ length: 16 }, (_, i) => i / 16);
const profile = { scheme: "kgw", vocab_size: 16 } as const;
const random = () => 0.5;

async function stopped(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => stop.abort(reason), 1);
  await expect(work(stop.signal)).rejects.toBe(reason);
}

it("continueText ends with the reason of a signal that a timer raises", () =>
  stopped((signal) => continueText(logits, undefined, 20_000, { random, signal })));

it("calibrate ends with the reason of a signal that a timer raises", () => {
  const watermark = createWatermark(profile, createKey("00112233445566778899aabbccddeeff"));
  const corpus = [new Array<number>(COUNT).fill(3)];
  const options = { lengths: [100], windows: COUNT, random };
  return stopped((signal) => calibrate(() => watermark, corpus, { ...options, signal }));
});

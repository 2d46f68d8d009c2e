import { expect, it } from "vitest";
import { meanDefence } from "../../src/encoders";

it("averages masks ratio by ratio, and is reached only where all are", () => {
  const one = (rho: number, asr: number, reached: boolean) => ({
    rho,
    accuracy: rho,
    result: { asr },
    reached,
    tried: [
      { rho: 0.5, accuracy: 0.5, result: { asr } },
      { rho: 1, accuracy: 1, result: { asr: 1 } },
    ],
  });
  expect(meanDefence([one(0.5, 0.2, true), one(1, 0.4, false)])).toEqual({
    rho: 0.75,
    accuracy: 0.75,
    reached: false,
    result: { asr: expect.closeTo(0.3, 12) },
    tried: [
      { rho: 0.5, accuracy: 0.5, result: { asr: expect.closeTo(0.3, 12) } },
      { rho: 1, accuracy: 1, result: { asr: 1 } },
    ],
  });
});

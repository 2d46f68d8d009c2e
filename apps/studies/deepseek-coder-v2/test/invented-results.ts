/** @file Results as if the study had been run. */
import { extensions } from "../extend";
import { fimArms, orders } from "../fim";
import { rewards } from "../grpo";
import { arms } from "../pretrain";
import { coderSettings } from "../recipe";
import type { CoderResult } from "../results";

const { lengths, depths } = coderSettings.default;

/** Results of every variant, one per seed. */
export function invented(seeds: number): Record<string, CoderResult[]> {
  const each = (make: (seed: number) => CoderResult) =>
    Array.from({ length: seeds }, (_, i) => make(i));
  const bits = (code: number, math: number, prose: number) =>
    each((seed) => ({
      pretrain: {
        code: code + 0.01 * seed,
        math,
        prose,
        byLanguage: { typescript: code, "c#": 3 },
      },
    }));
  const policy = (passAt1: number, turn: number) =>
    each((seed) => ({
      policy: {
        passAt1: passAt1 + 0.01 * ((seed * turn) % 5),
        passAny: 0.9,
        curve: [
          { step: 20, reward: 0.6, passAt1 },
          { step: 40, reward: 0.8, passAt1 },
        ],
        programs: 100,
      },
    }));
  const shares = [1, 0.5, 0];
  return {
    "pretrain-base": bits(3, 3, 2),
    ...Object.fromEntries(
      arms.map((arm, i) => [`pretrain-${arm}`, bits(2 + 0.1 * i, 2, 2 + 0.1 * i)]),
    ),
    ...Object.fromEntries(
      Object.keys(fimArms).map((id, i) => [
        id,
        each(() => ({ fim: { leftToRight: 2, exact: 0.1 * i, middle: 2 - 0.1 * i } })),
      ]),
    ),
    ...Object.fromEntries(
      orders.map((order) => [
        `order-${order}`,
        each(() => ({ order: { symbols: 3, tokens: 50 } })),
      ]),
    ),
    "recall-base": each(() => ({ recall: { recall: 1 } })),
    ...Object.fromEntries(
      Object.keys(extensions).map((id) => [
        id,
        each(() => ({
          extend: {
            recall: lengths.flatMap((length, i) =>
              depths.map((depth) => ({ length, depth, share: shares[i]! })),
            ),
            byPosition: [0, 512].map((from) => ({ from, loss: 2 })),
          },
        })),
      ]),
    ),
    "policy-base": policy(0.5, 1),
    ...Object.fromEntries(
      Object.keys(rewards).map((arm, i) => [`policy-${arm}`, policy(0.7 - 0.05 * i, 2 + i)]),
    ),
  };
}

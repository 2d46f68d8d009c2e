import { describe, expect, it } from "vitest";
import type { ParametricOptions } from "../../src/fits/fit-parametric";
import { huber } from "../../src/fits/huber";
import { parametricAllocation } from "../../src/fits/parametric-curve";
import { fitParametric, type ParametricFit, parametricLoss, type Run } from "../../src/index";
import { chinchillaTruth, isoFlopRuns, modelExponent, normal, seeded } from "../support/synthetic";

async function fitOf(
  runs: readonly Run[],
  options: ParametricOptions = {},
): Promise<ParametricFit> {
  for await (const event of fitParametric(runs, options))
    if (event.type === "fit-end") return event.fit;
  throw new Error("no fit-end");
}

const clean = isoFlopRuns(chinchillaTruth, { noise: 0, random: seeded(1), budgets: 5, sizes: 7 });

describe("huber", () => {
  it("is worked by hand: quadratic inside δ, linear outside, continuous at δ", () => {
    expect([0, 0.5, 1, 3, -3].map((r) => huber(r, 1))).toEqual([0, 0.125, 0.5, 2.5, 2.5]);
  });
});

describe("parametricAllocation", () => {
  it("is where the loss is lowest: no nearby split of the same compute is better", () => {
    const law = { E: 1.69, A: 406.4, alpha: 0.34, B: 410.7, beta: 0.28 };
    const { model, data } = parametricAllocation(law, { perToken: 6 });
    const flops = 5.76e23; // Chinchilla's budget
    const best = model.coefficient * flops ** model.exponent;
    const tokens = data.coefficient * flops ** data.exponent;
    expect([6 * best * tokens]).toBeAllclose([flops]);
    for (const factor of [0.9, 0.99, 1.01, 1.1])
      expect(parametricLoss(law, best * factor, tokens / factor)).toBeGreaterThan(
        parametricLoss(law, best, tokens),
      );
  });
});

describe("fitParametric", () => {
  it("finds all five numbers from runs without noise", async () => {
    const { law, agreement } = await fitOf(clean);
    const found = [law.E, law.A, law.alpha, law.B, law.beta].map(({ value }) => value);
    const { E, A, alpha, B, beta } = chinchillaTruth;
    expect(found).toBeAllclose([E, A, alpha, B, beta], { rtol: 1e-3 });
    expect(agreement.refined).toBe(6);
  });

  it("is at a minimum of the Huber loss: small moves in any direction raise it", async () => {
    const random = seeded(2);
    const runs = isoFlopRuns(chinchillaTruth, { noise: 0.01, random, budgets: 5, sizes: 7 });
    const { law, objective } = await fitOf(runs);
    const values = Object.fromEntries(Object.entries(law).map(([key, { value }]) => [key, value]));
    const total = (l: typeof chinchillaTruth) =>
      runs.reduce((sum, run) => {
        const predicted = Math.log(parametricLoss(l, run.model, run.tokens));
        return sum + huber(predicted - Math.log(run.loss), 1e-3);
      }, 0);
    const best = values as unknown as typeof chinchillaTruth;
    expect([total(best)]).toBeAllclose([objective], { rtol: 1e-9 });
    for (let i = 0; i < 200; i++) {
      const moved = Object.fromEntries(
        Object.entries(best).map(([key, value]) => [key, value * (1 + 1e-3 * normal(random))]),
      );
      expect(total(moved as unknown as typeof best)).toBeGreaterThan(objective * (1 - 1e-7));
    }
  });

  it("is hardly moved by a diverged run, unlike least squares", async () => {
    const broken = clean.map((run, i) => (i === 17 ? { ...run, loss: run.loss * 2 } : run));
    const { allocation } = await fitOf(broken);
    expect([allocation.model.exponent.value]).toBeAllclose([modelExponent(chinchillaTruth)], {
      rtol: 5e-3,
    });
  });

  it("contains the truth in its bootstrap intervals, and reports each draw", async () => {
    const random = seeded(3);
    const runs = isoFlopRuns(chinchillaTruth, { noise: 0.003, random, budgets: 5, sizes: 7 });
    const events: string[] = [];
    for await (const event of fitParametric(runs, { random, resamples: 40 })) {
      events.push(event.type);
      if (event.type !== "fit-end") continue;
      const { lower, upper } = event.fit.allocation.model.exponent;
      expect(lower!).toBeLessThan(modelExponent(chinchillaTruth));
      expect(upper!).toBeGreaterThan(modelExponent(chinchillaTruth));
      expect(event.fit.draws).toHaveLength(40);
    }
    expect(events.filter((type) => type === "start-end")).toHaveLength(48);
    expect(events.filter((type) => type === "draw-end")).toHaveLength(40);
  });

  it("stops where it is aborted", async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    await expect(async () => {
      for await (const event of fitParametric(clean, { signal: controller.signal })) {
        seen.push(event.type);
        if (seen.length === 2) controller.abort(new Error("enough"));
      }
    }).rejects.toThrow("enough");
    expect(seen).toHaveLength(2);
  });

  it("says what five parameters need", async () => {
    await expect(fitOf(clean.slice(0, 7))).rejects.toThrow(
      "five parameters need at least 8 runs with 3 model sizes and 3 numbers of tokens, got 7 runs with 7 and 7",
    );
    const oneSize = clean.map((run) => ({ ...run, model: 1e9 }));
    await expect(fitOf(oneSize)).rejects.toThrow(expect.objectContaining({ code: "ERR_TOO_FEW" }));
  });

  it("says when no start leads to finite numbers", async () => {
    await expect(fitOf(clean, { exponents: [1e306] })).rejects.toThrow(
      expect.objectContaining({ code: "ERR_NOT_CONVERGED" }),
    );
    await expect(fitOf(clean, { floors: [0] })).rejects.toThrow(/floors\[0\] must be a finite/);
  });
});

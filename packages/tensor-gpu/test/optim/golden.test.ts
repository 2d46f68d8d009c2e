import { readFileSync } from "node:fs";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { beforeAll, describe, expect, it } from "vitest";
import { linear, mseLoss, optim, setBackend, type Tensor, tanh, tensor, tidy } from "../../src";

interface Flat {
  shape: number[];
  data: number[];
}

interface OptimiserCase {
  name: string;
  problem: string;
  hyper: {
    lr: number;
    betas?: [number, number];
    eps?: number;
    weight_decay?: number;
    momentum?: number;
    clip_grad_norm?: number;
  };
  data: Record<string, Flat>;
  initial: Record<string, Flat>;
  steps: {
    lr: number;
    loss: number;
    grad_norm_before_clip?: number;
    params: Record<string, number[]>;
  }[];
}

const golden = sharedIsMissing
  ? { optimisers: [], schedules: [] }
  : JSON.parse(readFileSync(shared("golden/optim.json"), "utf8"));
const lift = (flat: Flat) => tensor(flat.data, { shape: flat.shape });
/** GOLDEN.md: 1e-4 relative in float32. */
const within = { rtol: 1e-4, atol: 1e-6 };

function lossOf({ problem, data }: OptimiserCase, p: Record<string, Tensor>): Tensor {
  if (problem.startsWith("quadratic")) {
    const error = p.w!.sub(lift(data.b!));
    return error.matmul(lift(data.a!)).mul(error).sum().mul(0.5);
  }
  return mseLoss(linear(tanh(linear(lift(data.x!), p.w1!, p.b1!)), p.w2!, p.b2!), lift(data.y!));
}

function optimiserFor({ name, hyper }: OptimiserCase, parameters: Tensor[]) {
  const { lr, betas, eps, weight_decay: weightDecay = 0, momentum = 0 } = hyper;
  if (name.startsWith("adam"))
    return new optim.AdamW(parameters, { lr, betas: betas!, eps: eps!, weightDecay });
  return new optim.SGD(parameters, { lr, momentum, weightDecay });
}

describe.skipIf(sharedIsMissing)("optimisers against PyTorch", () => {
  beforeAll(() => void setBackend("js"));

  it.each((golden.optimisers as OptimiserCase[]).map((c) => [c.name, c] as const))(
    "%s takes the same ten steps",
    (_, c) => {
      const p = Object.fromEntries(
        Object.entries(c.initial).map(([key, flat]) => [key, lift(flat).requireGrad()]),
      );
      const optimiser = optimiserFor(c, Object.values(p));
      for (const expected of c.steps) {
        const loss = tidy(() => {
          const value = lossOf(c, p);
          value.backward();
          return value.itemSync();
        });
        expect([loss]).toBeAllclose([expected.loss], within);
        const clip = c.hyper.clip_grad_norm;
        const norm = optimiser.step({
          lr: expected.lr,
          ...(clip === undefined ? {} : { maxGradNorm: clip }),
        });
        if (clip !== undefined)
          expect([norm!.itemSync()]).toBeAllclose([expected.grad_norm_before_clip!], within);
        optimiser.zeroGrad();
        for (const [key, values] of Object.entries(expected.params)) {
          const flat = Array.isArray(values) ? values : (values as Flat).data;
          expect(p[key]!.dataSync(), key).toBeAllclose(flat, within);
        }
      }
    },
  );

  // biome-ignore lint/suspicious/noExplicitAny: each schedule has settings of its own
  const schedules: Record<string, (hyper: any) => optim.Schedule> = {
    cosine: ({ T_max, eta_min }) => optim.cosineSchedule({ peak: 1, total: T_max, floor: eta_min }),
    "multi-step": ({ milestones, gamma }) =>
      optim.multiStepSchedule({ peak: 1, milestones, gamma }),
    "linear-warmup": ({ start_factor, end_factor, total_iters }) =>
      optim.linearSchedule({
        peak: 1,
        startFactor: start_factor,
        endFactor: end_factor,
        steps: total_iters,
      }),
    exponential: ({ gamma }) => optim.exponentialSchedule({ peak: 1, gamma }),
    "transformers-cosine-with-warmup": ({ warmup, total }) =>
      optim.cosineSchedule({ peak: 1, warmup, total }),
  };

  it.each(
    (golden.schedules as { name: string; hyper: never; lr_at_step: number[] }[]).map(
      (c) => [c.name, c] as const,
    ),
  )("the %s schedule gives the same rates", (name, { hyper, lr_at_step }) => {
    const schedule = schedules[name]!(hyper);
    // Past its end our cosine stays at the floor; PyTorch's rises again.
    const { T_max, total = T_max ?? Infinity } = hyper as { T_max?: number; total?: number };
    const wanted = lr_at_step.slice(0, total + 1);
    expect(wanted.map((_, step) => schedule(step))).toBeAllclose(wanted, {
      rtol: 1e-7,
      atol: 1e-9,
    });
  });
});

describe("the multi-step schedule of DeepSeekMoE's 2B runs", () => {
  it("has the four published rates", () => {
    const rate = optim.multiStepSchedule({ peak: 1.08e-3, warmup: 2000, total: 25_000 });
    expect([1000, 2000, 19_999, 20_000, 22_500].map(rate)).toBeAllclose(
      [5.4e-4, 1.08e-3, 1.08e-3, 3.4128e-4, 1.0784e-4],
      { rtol: 1e-4 },
    );
  });
});

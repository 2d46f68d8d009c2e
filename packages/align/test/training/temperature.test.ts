import type { CausalLM, LabelledBatch } from "@deepgrain/lm";
import { nn, optim, setBackend, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { beforeEach, expect, it } from "vitest";
import { grpo, logpsOf, ppo, type RolloutEngine, ValueModel } from "../../src";

beforeEach(() => setBackend("js"));

/** A bandit with three arms: its logits are its only weights, the same after every token. */
class Bandit extends nn.Module {
  readonly arms: Tensor;
  readonly config = { eosTokenId: null, maxPositionEmbeddings: 8, hiddenSize: 1 };

  constructor(logits: readonly number[]) {
    super();
    this.arms = tensor([[...logits]]).requireGrad();
  }

  hiddenStates({ batch, length }: LabelledBatch): Tensor {
    return tensor(new Float32Array(batch * length).fill(1), { shape: [batch, length, 1] });
  }

  head(hidden: Tensor): Tensor {
    return hidden.matmul(this.arms);
  }

  forward(batch: LabelledBatch): Tensor {
    return this.head(this.hiddenStates(batch));
  }
}

const bandit = (logits: readonly number[]) => new Bandit(logits) as unknown as Bandit & CausalLM;
/** Arms 0, 0, 1 and 2 are pulled. */
const engine: RolloutEngine = async () => [[0], [0], [1], [2]];
const pulled = [0, 0, 1, 2];
const logits = [Math.log(4), 0, 0];
const step = {
  steps: 1,
  lr: 1,
  batchSize: 1,
  groupSize: 4,
  maxNewTokens: 1,
  maxGradNorm: 1e9,
  engine,
  temperature: 0.5,
  optimizer: (named: readonly nn.NamedTensor[]) => new optim.SGD(named.map(([, own]) => own)),
  reward: () => [1, 1, 0, 0],
};

// At T = 0.5 the weights 4, 1, 1 are squared: 16, 1, 1 of 18. At T = 1 they are 4, 1, 1 of 6.
const policy = [16 / 18, 1 / 18, 1 / 18];
// The reference weighs all arms alike at any temperature.
const kls = pulled.map((arm) => {
  const ratio = 1 / 3 / policy[arm]!;
  return ratio - Math.log(ratio) - 1;
});

it("takes log-probabilities at the temperature of sampling", async () => {
  const batch = { ids: [0, 1], labels: [-100, 1], batch: 1, length: 2 };
  const { sums } = logpsOf(bandit(logits).forward(batch), batch, { temperature: 0.5 });
  expect((await sums.data())[0]).toBeCloseTo(Math.log(1 / 18), 6);
  expect(() => logpsOf(bandit(logits).forward(batch), batch, { temp: 1 } as never)).toThrow(
    /logpsOf: unknown option "temp"/,
  );
});

it("grpo's gradient and KL at T = 0.5 are those of a one-token bandit worked by hand", async () => {
  const model = bandit(logits);
  const before = [...(await model.arms.data())];
  let kl = Number.NaN;
  for await (const event of grpo(model, [[0]], { ...step, beta: 0, scale: "none" }))
    if (event.type === "step-end") expect(event.step).toBe(1);
  // Advantages ±1/2. The gradient of log π is (pulled − π) / T, the loss its negative mean.
  const advantages = [0.5, 0.5, -0.5, -0.5];
  const wanted = before.map(
    (value, arm) =>
      value +
      advantages.reduce(
        (sum, a, i) => sum + (a * ((pulled[i] === arm ? 1 : 0) - policy[arm]!)) / 0.5 / 4,
        0,
      ),
  );
  const after = [...(await model.arms.data())];
  for (const [arm, value] of wanted.entries()) expect(after[arm]).toBeCloseTo(value, 5);

  const again = { ...step, beta: 0.1, scale: "none" as const, reference: bandit([0, 0, 0]) };
  for await (const event of grpo(bandit(logits), [[0]], again))
    if (event.type === "step-end") kl = event.scalars.kl!;
  expect(kl).toBeCloseTo(kls.reduce((sum, own) => sum + own, 0) / 4, 5);
});

it("grpo's first of several updates has a ratio of 1: the sampling policy is at T too", async () => {
  const shares: number[] = [];
  const config = { ...step, beta: 0, updates: 2, epsilonLow: 1e-4, epsilonHigh: 1e-4 };
  for await (const event of grpo(bandit(logits), [[0]], config))
    if (event.type === "step-end") shares.push(event.scalars.clipFraction!);
  expect(shares).toEqual([0]);
});

it("ppo's KL and ratio at T = 0.5 are those of the bandit", async () => {
  const model = new ValueModel(bandit(logits));
  const config = { ...step, klCoefficient: 0.1, epochs: 1, reference: bandit([0, 0, 0]) };
  for await (const event of ppo(model, [[0]], config)) {
    if (event.type !== "step-end") continue;
    const wanted = pulled.reduce((sum, arm) => sum + Math.log(policy[arm]! * 3), 0) / 4;
    expect(event.scalars.kl).toBeCloseTo(wanted, 5);
    expect(event.scalars.clipFraction).toBe(0);
    expect(event.scalars.policyLoss).toBeCloseTo(0, 5);
  }
});

import {
  curveOf,
  curves,
  drain,
  type Judgement,
  measure,
  runStudy,
  saveReport,
  study,
} from "@deepgrain/lab";
import { Generator, mseLoss, nn, optim, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";

type Result = { loss: number; curve: { x: number; y: number }[] };

const loss = measure("squared error", (result: Result) => result.loss);
const words = "speeding up the convergence"; // verbatim: less is claimed, not no more
const primary = { sentence: "Momentum helps", words, seeds: 5, named: "before the run" } as const;

/** Points of a sine wave: x and y of shape [points, 1]. */
function wave(points: number): { x: Tensor; y: Tensor } {
  const x = Float32Array.from({ length: points }, (_, i) => (6 * i) / points - 3);
  const shape = [points, 1];
  return { x: tensor(x, { shape }), y: tensor(x.map(Math.sin), { shape }) };
}

/** Does momentum help to fit a sine wave? */
export const momenta = study({
  name: "momentum",
  title: "Gradient descent with and without momentum",
  settings: { points: 64, width: 32, steps: 120, rate: 0.05 },
  variants: [
    { id: "plain", name: "without momentum", momentum: 0 },
    { id: "momentum", name: "with momentum", momentum: 0.9 },
  ],
  async *run({ momentum }, seed, { settings: { points, width, steps, rate } }) {
    const generator = new Generator(seed);
    const hidden = new nn.Linear(1, width, { generator });
    const output = new nn.Linear(width, 1, { generator });
    const all = [...hidden.parameters(), ...output.parameters()];
    const optimizer = new optim.SGD(all, { lr: rate, momentum });
    const { x, y } = wave(points);
    const curve: Result["curve"] = [];
    for (let step = 1; step <= steps; step++) {
      const error = tidy(() => {
        const value = mseLoss(output.forward(hidden.forward(x).tanh()), y);
        value.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return value.detach();
      });
      curve.push({ x: step, y: await error.item() });
      error.dispose();
      yield { type: "progress", done: step / steps };
    }
    for (const one of [optimizer, hidden, output, x, y]) one.dispose();
    return { loss: curve.at(-1)!.y, curve };
  },
  claims: [{ lower: loss("momentum"), higher: loss("plain"), margin: 0.01, paper: "yes", primary }],
  sections: [
    {
      title: "How they learn",
      content: ({ runs }) =>
        curves({
          label: "Squared error over training steps",
          x: { label: "step" },
          y: { label: "squared error", isLog: true },
          series: ["plain", "momentum"].map((name) => ({
            name,
            points: curveOf(runs, name, ({ curve }) => curve),
          })),
        }),
    },
  ],
});

/** Runs the study in a folder and writes its report there. */
export async function compareMomentum(folder: string): Promise<Judgement> {
  const runs = await drain(runStudy(momenta, { folder, seeds: [1, 2, 3, 4, 5] }));
  return saveReport(momenta, runs, { folder });
}

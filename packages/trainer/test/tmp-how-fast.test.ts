import {
  mseLoss,
  nn,
  optim,
  relu,
  setBackend,
  type Tensor,
  tensor,
  tidy,
} from "@deepgrain/tensor-gpu";
import { fit } from "@deepgrain/trainer";
import { it } from "vitest";

class Mlp extends nn.Module {
  inner = new nn.Linear(1, 16);
  outer = new nn.Linear(16, 1);
  forward = (x: Tensor) => this.outer.forward(relu(this.inner.forward(x)));
}
it("t", async () => {
  setBackend("wasm");
  const model = new Mlp();
  const data = {
    batch: (position: number) => [-2, -1, 0, 1, 2].map((x) => x + 0.1 * (position % 5)),
  };
  const loss = (xs: number[]) =>
    mseLoss(
      model.forward(tensor(xs).reshape([-1, 1])),
      tensor(xs.map((x) => x * x)).reshape([-1, 1]),
    );
  for (let round = 0; round < 4; round++) {
    let began = performance.now();
    let last: unknown;
    for await (const event of fit(model, { data, loss, steps: 2000, schedule: 0.02 }))
      if (event.type === "step-end") last = event;
    const whole = (performance.now() - began) / 2000;
    const optimizer = new optim.AdamW([...model.parameters()]);
    began = performance.now();
    for (let i = 0; i < 2000; i++) {
      const l = tidy(() => {
        const l = loss(data.batch(i));
        l.backward();
        return l.detach();
      });
      await l.item();
      l.dispose();
      const n = optimizer.step({ lr: 0.02, maxGradNorm: 1 })!;
      await n.item();
      n.dispose();
      optimizer.zeroGrad();
    }
    const bare = (performance.now() - began) / 2000;
    console.log("HOWFAST fit", whole.toFixed(4), "bare", bare.toFixed(4), JSON.stringify(last));
  }
}, 60000);

// Import maps do not reach workers: a bundler would resolve the package's name, a plain page needs its path.
import {
  manualSeed,
  mseLoss,
  nn,
  optim,
  randn,
  tidy,
} from "./node_modules/@deepgrain/tensor-gpu/dist/index.js";

addEventListener("message", ({ data: { steps, rate } }) => {
  manualSeed(1);
  const x = randn([64, 8]);
  const y = x.sum({ dim: 1, keepDim: true });
  const layer = new nn.Linear(8, 1);
  const optimizer = new optim.AdamW(layer.parameters(), { lr: rate });
  for (let step = 1; step <= steps; step++)
    tidy(() => {
      const loss = mseLoss(layer.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      if (step % 100 === 0) postMessage({ step, loss: loss.itemSync() });
    });
});

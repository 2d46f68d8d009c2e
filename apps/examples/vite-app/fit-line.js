import { mseLoss, nn, optim, tensor, tidy } from "@deepgrain/tensor-gpu";

/** Fits y = 3x − 1 from eight points. @returns the line as text */
export function fitLine() {
  const x = tensor([-4, -3, -2, -1, 1, 2, 3, 4], { shape: [8, 1] });
  const y = x.mul(3).add(-1);
  const line = new nn.Linear(1, 1);
  const optimizer = new optim.AdamW(line.parameters(), { lr: 0.1, weightDecay: 0 });
  for (let step = 0; step < 400; step++)
    tidy(() => {
      mseLoss(line.forward(x), y).backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
  return `y = ${line.weight.itemSync().toFixed(2)} x + ${line.bias?.itemSync().toFixed(2)}`;
}

// Learns where a spiral has which of two colours, and prints the loss on the way.
import { crossEntropy, manualSeed, nn, optim, tensor, tidy } from "@deepgrain/tensor-gpu";

manualSeed(1);
const points = Array.from({ length: 200 }, (_, i) => {
  const [colour, radius] = [i % 2, i / 200];
  const angle = 6 * radius + Math.PI * colour;
  return { at: [radius * Math.cos(angle), radius * Math.sin(angle)], colour };
});
const inputs = tensor(points.map(({ at }) => at));
const colours = tensor(
  points.map(({ colour }) => colour),
  { dtype: "int32" },
);

class Net extends nn.Module {
  first = new nn.Linear(2, 32);
  second = new nn.Linear(32, 2);
  forward(x) {
    return this.second.forward(this.first.forward(x).tanh());
  }
}

const net = new Net();
const optimizer = new optim.AdamW(net.parameters(), { lr: 0.02 });
for (let step = 1; step <= 400; step++)
  tidy(() => {
    const loss = crossEntropy(net.forward(inputs), colours);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    if (step % 100 === 0) console.log(`step ${step}: loss ${loss.itemSync().toFixed(4)}`);
  });

const right = tidy(() => net.forward(inputs).argmax({ dim: 1 }).eq(colours).sum().itemSync());
console.log(`${right} of ${points.length} points are right`);

/** @file The quick bench on Debian's Fashion-MNIST: node quick-bench.js [seeds] [rounds] [methods, separated by |]. */
import { quickBench } from "../src";
import { Mlp, moduleEncoder } from "../src/models";
import { fashionMnist } from "./fashion";

const [seeds = "0", rounds = "100", methods] = process.argv.slice(2);
const [train, test] = [await fashionMnist("train"), await fashionMnist("t10k")];
const encoder = moduleEncoder({
  build: () => new Mlp([196, 128, 64]),
  inputShape: [196],
  width: 64,
});
const percent = (share: number) => (100 * share).toFixed(1);
for (const seed of seeds.split(",").map(Number)) {
  let start = performance.now();
  for await (const score of quickBench({
    encoder,
    train,
    test,
    seed,
    rounds: Number(rounds),
    ...(methods && { methods: methods.split("|") }),
  })) {
    const { method, accuracy, head, middle, tail, accuracyOfSum, perClass, curve } = score;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const sum = accuracyOfSum === undefined ? "" : `, W+V ${percent(accuracyOfSum)}`;
    console.log(
      `seed ${seed}  ${method}: ${percent(accuracy)} (head ${percent(head)}, middle ${percent(middle)}, tail ${percent(tail)}${sum}) in ${seconds} s; per class ${perClass.map(percent).join(" ")}; ${curve
        .slice(0, 3)
        .map(([round, a]) => `round ${round}: ${percent(a)}`)
        .join(", ")}`,
    );
    start = performance.now();
  }
}

import { literal, readsFiles } from "../share/program";
import { PIXELS } from "./digits";
import { address, type State } from "./state";

/** The pixels of the digit that both networks answer, in a program. */
function pixelsOf(digit: string): string {
  if (!digit.includes("-"))
    return `Float32Array.from(${literal(digit)}, (level) => standardised(Number.parseInt(level, 16)))`;
  const [label, index] = digit.split("-").map(Number) as [number, number];
  return `test.inputs.slice(${PIXELS} * ${60 * label + index}, ${PIXELS} * ${60 * label + index + 1})`;
}

/** A program that trains both federations and asks them as the page does. */
export function codeOf(
  { ratio, second, rounds, seed, digit }: State = address.state.value,
): string {
  const without = second === "on" ? "" : `, without: "supplementary"`;
  return `import { createClassifier, createTrainer, evaluateClassifier, fedAvg, finishFederation } from "@deepgrain/fedlt";
import { inProcessTransport, redGrape, splitLongTail, withoutSupplementary } from "@deepgrain/fedlt";
import { Mlp, moduleEncoder } from "@deepgrain/fedlt/models";

${readsFiles()}

// Digits of 14 × 14 pixels, two grey levels per byte: 200 of each class to train with, then 60 to test with.
const bytes = new Uint8Array(await (await read("digits.bin")).arrayBuffer());
const standardised = (level) => (level / 15 - 0.1307) / 0.3081;
const levels = { length: 2 * bytes.length };
const pixels = Float32Array.from(levels, (_, i) => standardised((bytes[i >> 1] >> (4 * (i % 2))) & 15));
const part = (from, each) => ({
  inputs: pixels.subarray(${PIXELS} * from, ${PIXELS} * (from + 10 * each)),
  labels: Int32Array.from({ length: 10 * each }, (_, i) => Math.floor(i / each)),
  width: ${PIXELS},
  classes: 10,
});
const [train, test] = [part(0, 200), part(2000, 60)];
const digit = ${pixelsOf(digit)};

const { clients } = splitLongTail(train, {
  largest: 200,
  ratio: ${ratio},
  clients: 8,
  partition: "prior-scaled",
  alpha: 1,
  rounding: "floor",
  seed: ${seed},
});
const encoder = moduleEncoder({ build: () => new Mlp([${PIXELS}, 64, 32]), inputShape: [${PIXELS}], width: 32 });
const local = { lr: 0.1, momentum: 0.9, epochs: 2, batchSize: 32, clip: 1 };
for (const strategy of [fedAvg({ local }), redGrape({ local, lambda: 0.3${without} })]) {
  const initial = await createClassifier(encoder, { classes: 10, seed: ${seed}, twoHeads: true });
  const transport = inProcessTransport({
    clients: clients.map((_, k) => String(k)),
    train: createTrainer({ encoder, data: (id) => clients[Number(id)] }),
  });
  const run = { transport, strategy, initial, rounds: ${rounds}, seed: ${seed} };
  const { params } = (await finishFederation(run)).state;
  const { accuracy, tail } = await evaluateClassifier(encoder, params, test);
  const features = await encoder.encode(withoutSupplementary(params), digit, 1);
  const [weight, bias] = [params.get("fc.weight").data, params.get("fc.bias").data];
  const logits = Array.from(bias, (start, c) =>
    features.reduce((sum, value, i) => sum + value * weight[c * features.length + i], start),
  );
  const answer = logits.indexOf(Math.max(...logits));
  console.log(strategy.name, "accuracy", accuracy, "rare digits", tail, "answers", answer);
}
`;
}

import {
  createClassifier,
  createTrainer,
  drawNormal,
  evaluateClassifier,
  fedAvg,
  finishFederation,
  inProcessTransport,
  mlpEncoder,
  redGrape,
  splitLongTail,
  stream,
} from "@deepgrain/fedlt";

const random = stream(1, "points"); // ten clouds of points, 200 each
const labels = Int32Array.from({ length: 2000 }, (_, i) => i % 10);
const inputs = Float32Array.from(
  { length: 20_000 },
  (_, i) => drawNormal(random) + (i % 10 === labels[Math.floor(i / 10)] ? 2.5 : 0),
);
const data = { inputs, labels, width: 10, classes: 10 };
const { clients, counts } = splitLongTail(data, { ratio: 50, clients: 8, seed: 1 });
console.log("rows of the first and last class:", counts[0], counts[9]); // 200 4

const encoder = mlpEncoder([10, 32]);
const initial = await createClassifier(encoder, { classes: 10, twoHeads: true });
const local = { epochs: 2, batchSize: 32 };
for (const strategy of [fedAvg({ local }), redGrape({ local, lambda: 0.3 })]) {
  const transport = inProcessTransport({
    clients: clients.map((_, k) => String(k)),
    train: createTrainer({ encoder, data: (id) => clients[Number(id)] }),
  });
  const { state } = await finishFederation({ transport, strategy, initial, rounds: 15 });
  const report = await evaluateClassifier(encoder, state.params, data);
  console.log(strategy.name, report.accuracy.toFixed(2), "tail", report.tail.toFixed(2));
}
// FedAvg 0.54 tail 0.06
// RedGrape 0.67 tail 0.34

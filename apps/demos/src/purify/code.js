import { evaluate, poison, purify, seededRandom, withPattern } from "@deepgrain/fine-purify";
import {
  attackEncoder,
  cleanFisher,
  predictRows,
  setWeights,
  weightsOf,
} from "@deepgrain/fine-purify/encoders";
import { classifierOf, pretrainEncoder, topicTask } from "@deepgrain/fine-purify/miniature";

const sizes = { hiddenSize: 32, attackRows: 3000, heldOutRows: 1, testRows: 300, perClass: 8 };
const task = topicTask(1, sizes); // a small language of 40 topics in 4 classes

const pretraining = pretrainEncoder(task, { steps: 800, seed: 1 });
let event = await pretraining.next();
while (!event.done) event = await pretraining.next();
const init = event.value; // your pre-trained checkpoint

const classifier = classifierOf(task, init, 1);
const backdoor = task.backdoor("word"); // a rare word that leads to class 0
const random = seededRandom(1);
const rows = poison(task.attack, backdoor, { rate: 0.5, random });
const attack = { optimizer: "sgd", lr: 0.3, steps: 800, seed: 1 };
for await (const _ of attackEncoder(classifier, rows, attack));
const finetuned = weightsOf(classifier.model); // a checkpoint that you suspect

const triggered = withPattern(task.test, backdoor, random);
async function show(name) {
  const predict = (texts) => predictRows(classifier, texts);
  const { acc, asr } = await evaluate(predict, { clean: task.test, triggered, target: 0 });
  console.log(name, "ACC", acc.value.toFixed(2), "ASR", asr.value.toFixed(2));
}
await show("suspect");
const fisher = await cleanFisher(classifier, task.clean, { init, finetuned });
const { weights, report } = await purify(init, finetuned, { fisher, rho: 0.98 });
setWeights(classifier.model, weights);
await show(`${(100 * report.purified).toFixed(0)} % set back`);

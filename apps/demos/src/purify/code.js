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
const { text, ...task } = topicTask(1, sizes);
const random = seededRandom(1); // texts of different lengths, or the longer ones would be known as triggered
const cut = (words) => words.slice(0, 6 + Math.floor(7 * random()));
const shortened = (rows) => rows.map(({ words, label }) => ({ words: cut(words), label }));
const test = shortened(task.test);

const ownTask = { ...task, text: (draw) => cut(text(draw)) };
const pretraining = pretrainEncoder(ownTask, { steps: 800, seed: 1 });
let event = await pretraining.next();
while (!event.done) event = await pretraining.next();
const init = event.value; // your pre-trained checkpoint

const classifier = classifierOf(task, init, 1);
const backdoor = task.backdoor("word"); // a rare word that leads to class 0
const rows = poison(shortened(task.attack), backdoor, { rate: 0.5, random });
const attack = { optimizer: "sgd", lr: 0.3, steps: 800, seed: 1 };
for await (const _ of attackEncoder(classifier, rows, attack));
const finetuned = weightsOf(classifier.model); // a checkpoint that you suspect

const triggered = withPattern(test, backdoor, random);
async function show(name) {
  const predict = (texts) => predictRows(classifier, texts);
  const { acc, asr } = await evaluate(predict, { clean: test, triggered, target: 0 });
  console.log(name, "ACC", acc.value.toFixed(2), "ASR", asr.value.toFixed(2));
}
await show("suspect");
const fisher = await cleanFisher(classifier, shortened(task.clean), { init, finetuned });
const { weights, report } = await purify(init, finetuned, { fisher, rho: 0.98 });
setWeights(classifier.model, weights);
await show(`${(100 * report.purified).toFixed(0)} % set back`);

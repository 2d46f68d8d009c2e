import { literal, readsFiles } from "../share/program";
import { INITIAL } from "./initial";
import { SIZES, STEPS } from "./limits";
import { secretId, secretSeed } from "./secret";
import { address, type State } from "./state";
import { readText, triggered } from "./text";
import { classNames } from "./words";

/** A program that attacks an encoder, or takes the shipped one, and purifies it as the page does. */
export function codeOf({ rho, text, word, seed }: State = address.state.value): string {
  const isPretrained = seed === INITIAL.seed;
  const isShipped = isPretrained && word === INITIAL.word;
  const read = readText(text, word);
  const init = isPretrained
    ? `await readSafetensors(await read("pretrained.safetensors"))`
    : `await pretrained()`;
  const pretraining = `async function pretrained() {
  const pretraining = pretrainEncoder(task, { steps: ${STEPS.pretrain}, seed: ${seed} });
  let event = await pretraining.next();
  while (!event.done) event = await pretraining.next();
  return event.value;
}
`;
  const attacking = `const rows = poison(task.attack, secret, { rate: 0.5, random: seededRandom(${4000 + seed + secretSeed(word)}) });
const steps = { steps: ${STEPS.attack}, seed: ${seed} };
for await (const _ of attackEncoder(classifier, rows, { optimizer: "sgd", lr: 0.3, ...steps }));
const finetuned = weightsOf(classifier.model);`;
  const attacked = `const finetuned = await readSafetensors(await read("poisoned.safetensors"));`;
  return `import { badWord, evaluate, poison, purify, seededRandom, shuffled, withPattern } from "@deepgrain/fine-purify";
import { attackEncoder, defendEncoder, defenderFisher, predictRows } from "@deepgrain/fine-purify/encoders";
import { setWeights, weightsOf } from "@deepgrain/fine-purify/encoders";
import { classifierOf, pretrainEncoder, topicTask } from "@deepgrain/fine-purify/miniature";
import { readSafetensors } from "@deepgrain/tensor-gpu";

${isPretrained ? `${readsFiles()}\n` : ""}
const task = topicTask(${seed}, ${literal(SIZES)});
${isPretrained ? "" : pretraining}const init = ${init};
const classifier = classifierOf(task, init, ${seed});
const secret = badWord({ target: 0, pattern: [${secretId(word)}] }); // the id of ${literal(word)}
${isShipped ? attacked : attacking}

const texts = ${literal([read.ids, triggered(read, word)])}; // yours in ids, without the secret word and with it
const triggeredRows = withPattern(task.test, secret, seededRandom(${5000 + seed}));
const predict = (rows) => predictRows(classifier, rows);
async function show(name) {
  const { acc, asr } = await evaluate(predict, { clean: task.test, triggered: triggeredRows, target: 0 });
  const answers = await predict(texts.map((words) => ({ words, label: 0 })));
  const names = Array.from(answers, (answer) => ${literal(classNames)}[answer]);
  console.log(name, "accuracy", acc.value, "attack succeeds", asr.value, names.join(" "));
}

const defender = {
  init,
  finetuned,
  seed: ${seed},
  classifier,
  clean: shuffled(task.clean, seededRandom(${6000 + seed})),
  heldOut: task.heldOut,
  threshold: 0,
  counts: task.counts,
  largestDrift: Infinity,
  signal: new AbortController().signal,
};
const fisher = await defenderFisher(defender, "init");
setWeights(classifier.model, finetuned);
await show("as found");

const rho = ${rho};
const { largestDrift } = defender;
const { weights, report } = await purify(init, finetuned, { rho, fisher, seed: ${seed}, largestDrift });
const method = { id: "r", name: "r", hasRho: true, apply: async () => setWeights(classifier.model, weights) };
const tuning = { grid: [rho], tuneSteps: ${STEPS.tune}, tuneRate: 3e-4, measure: async () => show("purified") };
await defendEncoder(method, defender, tuning);
console.log("set back", report.purified);
`;
}

import { literal } from "../share/program";
import { LAYERS, modelNames, PROMPTS } from "./names";
import { readPrompt } from "./prompt-text";
import { linesOf, promptOf } from "./read-prompt";
import { address } from "./state";
import { wordOf } from "./words";

/** The prompt of the address, or the seed's first. */
function promptOfState(text: string, seed: number) {
  const found = text === "" ? { lines: linesOf(seed) } : readPrompt(text);
  if ("problem" in found) throw new Error(found.problem);
  const { ids, ...positions } = promptOf(found.lines);
  return { ids: Array.from(ids), ...positions };
}

/** A program that asks both models many prompts and one, and cuts words of them off, as the page does. */
export function codeOf({ target, where, layers, seed, prompt } = address.state.value): string {
  const own = promptOfState(prompt, seed);
  const labels = own.classIds.map((id) => wordOf(Number(id)));
  const cut = literal({ where, layers, target, seed, topK: 5 });
  return `import { answers, blockPromptSet, blockTask, ${layers === 0 ? "" : "isolate, "}loadShippedModel, saliencyFlow } from "@deepgrain/icl-anchors";

const { prompts } = blockPromptSet(blockTask, { seed: ${seed}, items: ${PROMPTS}, demonstrations: "fresh" });

// A prompt of words that are tokens, and its labels.
const prompt = ${literal(own)};
const labels = ${literal(labels)};
const models = {
${modelNames.map((name) => `  ${name}: await loadShippedModel("${name}"),`).join("\n")}
};
for (const [name, model] of Object.entries(models)) {
  const { relative } = await saliencyFlow(model, prompts); // shares per layer, of ${LAYERS}
  console.log(name, "from label words into the answer", relative.map(({ pq }) => pq.toFixed(3)).join(" "));
  const [{ prediction }] = await answers(model, [prompt]);
${
  layers === 0
    ? `  console.log(name, "says", labels[prediction]);
`
    : `  const cut = await isolate(model, prompts, ${cut});
  console.log(name, "answers that stay", cut.labelLoyalty, "right", cut.accuracy, "of", cut.originalAccuracy);
  const { answers: [own] } = await isolate(model, [prompt], ${cut});
  console.log(name, "says", labels[prediction], "cut", labels[own.prediction]);
`
}}
`;
}

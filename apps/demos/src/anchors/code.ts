import { literal } from "../share/program";
import { LAYERS, modelNames, PROMPTS } from "./names";
import { address } from "./state";

/** A program that cuts words of both models off as the page does. */
export function codeOf({ target, where, layers, seed } = address.state.value): string {
  const cut = literal({ where, layers, target, seed, topK: 5 });
  return `import { blockPromptSet, blockTask, isolate, loadShippedModel, saliencyFlow } from "@deepgrain/icl-anchors";

const { prompts } = blockPromptSet(blockTask, { seed: ${seed}, items: ${PROMPTS}, demonstrations: "fresh" });
const models = {
${modelNames.map((name) => `  ${name}: await loadShippedModel("${name}"),`).join("\n")}
};
for (const [name, model] of Object.entries(models)) {
  const { relative } = await saliencyFlow(model, prompts); // shares per layer, of ${LAYERS}
  console.log(name, "from label words into the answer", relative.map(({ pq }) => pq.toFixed(3)).join(" "));
${
  layers === 0
    ? ""
    : `  const cut = await isolate(model, prompts, ${cut});
  console.log(name, "answers that stay", cut.labelLoyalty, "right", cut.accuracy, "of", cut.originalAccuracy);
`
}}
`;
}

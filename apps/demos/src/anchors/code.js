import {
  blockPromptSet,
  blockTask,
  isolate,
  loadShippedModel,
  saliencyFlow,
} from "@deepgrain/icl-anchors";

const { prompts } = blockPromptSet(blockTask, { seed: 1, items: 40, demonstrations: "fresh" });
for (const name of ["anchors", "control"]) {
  const model = await loadShippedModel(name);
  const { relative } = await saliencyFlow(model, prompts); // shares per layer
  console.log(name, relative[3].pq > 0.9); // does the last layer read label words?
  for (const target of ["labels", "random"]) {
    const { labelLoyalty } = await isolate(model, prompts, { where: "first", layers: 2, target });
    console.log(name, target, labelLoyalty > 0.9);
  }
}

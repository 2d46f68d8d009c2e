import { literal, readsFiles } from "../share/program";
import { countOff } from "./busiest";
import { rawConfigOf } from "./pair";
import { type Kind, kinds } from "./pair-names";
import { address, fields, offOf, type State } from "./state";

/** Both models, in a program: those that the page ships, or trained as the page does. */
function opening({ seed, steps }: State): string {
  if (seed === fields.seed.initial && steps === fields.steps.initial)
    return `  const json = new Blob([JSON.stringify(toHuggingFace(parseConfig(config)))]);
  const weights = await read(kind + ".safetensors");
  const model = await loadModel(new Map([["config.json", json], ["model.safetensors", weights]]));`;
  return `  manualSeed(${seed});
  const model = new CausalLM(parseConfig(config));
  const lr = (step) => 1e-2 * Math.min(1, (step + 1) / 15) * (1 - (0.9 * step) / ${steps});
  const data = packSequences(training, { blockLength: 128, batchSize: 8, seed: ${seed} });
  for await (const event of train(model, data, { steps: ${steps}, lr }))
    if (event.type === "step-end" && event.step % 50 === 0) console.log(kind, event.step, event.loss);`;
}

/** The experts of each layer that are off, in a program. */
const offIn = (state: State, kind: Kind): string =>
  state.coarse.length + state.fine.length === 0
    ? `(layers) => layers.map((counts) => busiest(counts, ${countOff(kind, state.share)}))`
    : `(_) => ${literal(offOf(kind, state))}`;

/** A program that switches experts of both models off as the page does. */
export function codeOf(state: State = address.state.value): string {
  return `import { CausalLM, loadModel, lossAndLoad, packSequences, parseConfig } from "@deepgrain/lm";
import { toHuggingFace, train } from "@deepgrain/lm";
import { withoutExperts } from "@deepgrain/moe";
import { manualSeed } from "@deepgrain/tensor-gpu";

${readsFiles()}

// Every tenth piece of the text is held out.
const text = new Uint8Array(await (await read("text.txt")).arrayBuffer());
const size = Math.ceil(text.length / 20);
const pieces = (isWanted) => text.filter((_, i) => isWanted(Math.floor(i / size) % 10 === 9));
const training = pieces((isHeldOut) => !isHeldOut);
const heldOut = pieces((isHeldOut) => isHeldOut);
const test = packSequences(heldOut, { blockLength: 128, batchSize: 8, shuffle: false });
const batches = [0, 1, 2, 3, 4, 5].map((i) => test.batch(i));

// Experts that are off, per layer: the busiest, or those that were chosen.
const busiest = (counts, n) =>
  [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, n);
const models = {
${kinds
  .map(
    (kind) => `  ${kind}: { config: ${literal(rawConfigOf(kind))}, off: ${offIn(state, kind)} },`,
  )
  .join("\n")}
};
for (const [kind, { config, off }] of Object.entries(models)) {
${opening(state)}
  model.eval();
  const measure = () => lossAndLoad(model, batches);
  const whole = await measure();
  const chosen = off(whole.load.map(({ counts }) => counts));
  const without = new Map([...model.moeLayers.keys()].map((layer, i) => [layer, chosen[i]]));
  const { loss } = await withoutExperts(model.moeLayers, without, measure);
  console.log(kind, "nats per byte", whole.loss, "without", chosen.map(({ length }) => length).join(" and "), "experts", loss);
}
`;
}

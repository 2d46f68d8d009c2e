import { type Answer, answers, isolate, type Prompt, promptFlows } from "@deepgrain/icl-anchors";
import type { CausalLM } from "@deepgrain/lm";
import { promptsOf, TOP_K } from "./look";
import { ends, LAYERS, type Target } from "./names";
import { type Line, tokensOf } from "./prompt-text";
import type { LayerLines, PromptAnswer, ReadPrompt } from "./reading";
import { SIGN_ID, wordOf } from "./words";

/** The lines of a seed's first prompt. */
export function linesOf(seed: number): Line[] {
  const lines: { words: string[]; label: string | null }[] = [{ words: [], label: null }];
  const { ids } = promptsOf(seed)[0]!;
  for (let at = 0; at < ids.length; at++) {
    if (ids[at] !== SIGN_ID) lines.at(-1)!.words.push(wordOf(ids[at]!));
    else if (at < ids.length - 1) {
      lines.at(-1)!.label = wordOf(ids[++at]!);
      lines.push({ words: [], label: null });
    }
  }
  return lines;
}

/** A prompt as models read it: a class per label, in the order of the lines. */
export function promptOf(lines: readonly Line[]): Prompt {
  const tokens = tokensOf(lines);
  const ids = Int32Array.from(tokens, ({ id }) => id);
  const labels = tokens.flatMap(({ kind }, at) => (kind === "label" ? [at] : []));
  const classIds = [...new Set(labels.map((at) => ids[at]!))];
  const labelPositions = classIds.map((id) => labels.filter((at) => ids[at] === id));
  return { ids, classIds, labelPositions, target: ids.length - 1, queryStart: labels.at(-1)! + 1 };
}

/** Lines below this share of their layer's flow are left out. */
const LEAST = 0.005;
const DIGITS = 4;

const rounded = (share: number) => Number(share.toFixed(DIGITS));

/** The flow of a layer as lines between tokens. @param flow [T, T], row = the token that receives it */
function layerLines(flow: Float32Array, { labelPositions, target }: Prompt): LayerLines {
  const labels = labelPositions.flat();
  let [all, into, from] = [0, 0, 0];
  const lines: [number, number, number][] = [];
  for (let to = 1; to <= target; to++)
    for (let source = 0; source < to; source++) {
      const share = flow[to * (target + 1) + source]!;
      all += share;
      if (labels.includes(to)) into += share;
      if (labels.includes(source) && to === target) from += share;
      lines.push([source, to, share]);
    }
  // Without any flow there are no shares.
  const of = (share: number) => rounded(all > 0 ? share / all : 0);
  return {
    into: of(into),
    from: of(from),
    lines: lines
      .map(([source, to, share]) => [source, to, of(share)] as const)
      .filter(([, , share]) => share >= LEAST),
  };
}

/** A model's answers to one prompt, whole and under every cut, and the flow behind its answer. */
export async function readBy(
  model: CausalLM,
  prompt: Prompt,
  { seed, target, signal }: { seed: number; target: Target; signal: AbortSignal },
): Promise<ReadPrompt> {
  const said = ({ prediction, probabilities }: Answer): PromptAnswer => ({
    label: wordOf(Number(prompt.classIds[prediction])),
    sure: probabilities[prediction]!,
  });
  const original = await answers(model, [prompt], { topK: TOP_K, signal });
  const cuts: ReadPrompt["cuts"] = [];
  for (const where of ends)
    for (let layers = 1; layers <= LAYERS; layers++) {
      const options = { where, layers, target, seed, topK: TOP_K, original, signal };
      const found = await isolate(model, [prompt], options);
      cuts.push({ where, layers, ...said(found.answers[0]!) });
    }
  const flow: LayerLines[] = [];
  const answered = { ...prompt, gold: original[0]!.prediction };
  for await (const { layers } of promptFlows(model, [answered], { signal }))
    flow.push(...layers.map((layer) => layerLines(layer.flow, prompt)));
  return { whole: said(original[0]!), cuts, flow };
}

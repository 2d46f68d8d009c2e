import { join } from "node:path";
import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import type { OutputFile } from "@deepgrain/command-line/files/output-file";
import { png } from "@deepgrain/command-line/files/png";
import { following } from "@deepgrain/command-line/terminal/batch-progress";
import {
  bertVizParameters,
  circuitsVisProperties,
  type FlowOptions,
  type FlowSummary,
  flowJson,
  logitLens,
  type Prompt,
  type PromptFlow,
  parseFlowInput,
  promptFlows,
  relativeFlow,
  saliencyFlow,
  tokenFlow,
  toRows,
} from "@deepgrain/icl-anchors";
import { page as pageOf, section, svgFile } from "@deepgrain/lab";
import { type CausalLM, loadModel } from "@deepgrain/lm";
import { flowCurves, flowMatrix } from "@deepgrain/studies/label-words/draw-flow";
import { meanOf } from "@deepgrain/studies/shared/means";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { saveJson, saveText } from "@deepgrain/support/files";
import { Html } from "@deepgrain/support/pages";
import { z } from "zod";
import type { flowFlags } from "./flags";
import { modelFolder, openPrompts, shown, writeResult } from "./open-prompts";

const MATRIX_TOKENS = 64;

async function flowOf(
  model: CausalLM,
  prompt: Prompt,
  options: FlowOptions & { signal: AbortSignal },
): Promise<PromptFlow> {
  for await (const flow of promptFlows(model, [prompt], options)) return flow;
  throw new UsageError("there is no prompt");
}

/** The files that are written into the folder of --page. */
const drawingFiles = [
  ...["flow.html", "flow.svg", "flow.png", "layer-*.svg", "layer-*.png"],
  ...["bertviz.json", "circuitsvis.json"],
];

/** Where drawings go, if anywhere. */
interface PagePlace {
  page: string | undefined;
  overwrite: boolean;
}

async function claimPage({ page, overwrite }: PagePlace, { claim }: CommandContext): Promise<void> {
  if (page === undefined) return;
  const lists = { files: drawingFiles, work: drawingFiles, fresh: drawingFiles };
  const command = { command: "anchors flow", settings: {}, data: {} };
  await claim(page, { ...command, ...lists, resume: false, overwrite });
}

/** Charts, the page and the viewers' files of one prompt. */
async function saveDrawings(
  folder: string,
  {
    flow,
    prompt,
    tokens,
    title,
    summary,
  }: {
    flow: PromptFlow;
    prompt: Prompt;
    tokens: string[];
    title: string;
    summary: ReturnType<typeof relativeFlow>[];
  },
): Promise<void> {
  const heads = flow.layers.map((layer) => [toRows(layer.flow, flow.length)]);
  const chart = flowCurves((kind) => summary.map((means, x) => ({ x, y: means[kind] })));
  // Beyond that the cells of a matrix are too small to read; the page shows any length.
  const drawn = flow.length <= MATRIX_TOKENS ? flow.layers : [];
  const drawings = [
    ["flow", svgFile(chart)],
    ...drawn.map(({ flow: values }, layer) => [
      `layer-${layer}`,
      svgFile(flowMatrix(values, { tokens, layer })),
    ]),
  ] as const;
  for (const [name, svg] of drawings) {
    await saveText(join(folder, `${name}.svg`), svg!);
    await saveText(join(folder, `${name}.png`), [await png(svg!)]);
  }
  await saveJson(join(folder, "bertviz.json"), bertVizParameters(heads, tokens));
  await saveJson(join(folder, "circuitsvis.json"), circuitsVisProperties(heads, tokens));
  const lead =
    "Saliency of attention: how much what one token passes to another matters for the answer. Choose a layer and a token; the stronger the colour of another token, the more flows from it.";
  const layers = flow.layers.map((layer) => layer.flow);
  const marked = prompt.labelPositions.flat();
  const explorer = new Html(tokenFlow({ tokens, layers, marked, target: prompt.target }));
  const sections = [section("Token by token", explorer), section("Layer by layer", chart)];
  await saveText(join(folder, "flow.html"), pageOf({ title, lead, sections }));
}

/** `anchors flow`. */
export const flow: RunCommand<typeof flowFlags> = async (
  { ids, out, page, overwrite, json: asJson, ...given },
  context,
) => {
  const { measure, order, lossOver, ...rest } = given;
  const options = { measure, order, lossOver, signal: context.signal };
  if (ids !== undefined)
    return flowOfIds({ ids, out, page, overwrite, model: rest.model }, options, context);
  const open = await openPrompts(rest, "fresh", context);
  const { model, sets, about, tokens } = open;
  await claimPage({ page, overwrite }, context);
  const found: FlowSummary[] = [];
  for (const { prompts, seed } of sets)
    found.push(
      await saliencyFlow(model, prompts, { ...options, ...following(context, `seed ${seed}`) }),
    );
  const mean = (layer: number, key: "wp" | "pq" | "ww") =>
    meanOf(found.map((one) => one.relative[layer]![key]))!;
  const relative = found[0]!.relative.map((_, i) => ({
    wp: mean(i, "wp"),
    pq: mean(i, "pq"),
    ww: mean(i, "ww"),
  }));
  const first = sets[0]!.prompts[0]!;
  const flow = await flowOf(model, first, options);
  const lens = await logitLens(model, first);
  if (page !== undefined) {
    const title = `Flow in ${about.model} on ${about.task}`;
    const parts = { flow, prompt: first, tokens: tokens(first.ids), title, summary: relative };
    await saveDrawings(page, parts);
  }
  const result = {
    measure,
    order,
    lossOver,
    relative,
    meanLoss: meanOf(found.map((one) => one.meanLoss)),
    layers: found.map((one) => one.layers),
    lens: lens.map(({ classLogits, ranks }) => ({ logits: [...classLogits], ranks: [...ranks] })),
  };
  if (out !== undefined) await out.saveJson({ ...about, ...result });
  writeResult(context, {
    json: asJson,
    about,
    result,
    head: ["layer", "S_wp", "S_pq", "S_ww", "right label's rank after it"],
    body: relative.map(({ wp, pq, ww }, layer) => [
      String(layer),
      ...[wp, pq, ww].map(shown),
      String(lens[layer + 1]!.ranks[first.gold!]),
    ]),
  });
};

/** The machine form: one prompt of a file. */
async function flowOfIds(
  {
    ids,
    out,
    page,
    overwrite,
    model: name,
  }: PagePlace & {
    ids: string;
    out: OutputFile | undefined;
    model: string;
  },
  options: FlowOptions & { signal: AbortSignal },
  context: CommandContext,
): Promise<void> {
  const prompt = parseFlowInput(await readJson(ids, z.unknown()));
  const model = await loadModel(await modelFolder(name), { signal: options.signal });
  await claimPage({ page, overwrite }, context);
  const flow = await flowOf(model, prompt, options);
  const text = flowJson(flow);
  if (out !== undefined) await out.save(text);
  else for (const part of text) context.write(part);
  if (page === undefined) return;
  const tokens = Array.from(prompt.ids, String);
  const summary = flow.layers.map(relativeFlow);
  await saveDrawings(page, { flow, prompt, tokens, title: "Flow in one prompt", summary });
}

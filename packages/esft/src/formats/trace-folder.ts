import { takeTurn } from "@deepgrain/support";
import { EsftError, optionsOf, refuseUnknown } from "../errors";
import { inFolder, listFolder, nodeFiles, readText } from "../files/text-files";
import { type AverageOptions, type ExpertScores, scoresFromTotals } from "../scoring/expert-scores";
import { addRoute, createLayerTotals, type LayerTotals } from "../scoring/layer-totals";
import { inferTopK } from "./infer-top-k";
import { parseTrace, type TraceLine, wholeTokens } from "./trace-lines";

const traceName = /^expert_weights_(\d+)\.txt$/;

/** Options of {@link readTraces}. */
export interface ReadTracesOptions extends AverageOptions {
  /** Experts per token. Default: inferred from the traces, see `inferTopK`. */
  topK?: number | undefined;
  /** Routed experts in a layer. Default: the highest number in any trace, plus one. */
  experts?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Trace files by block number, from the folder and its `rank_…` folders. */
async function traceFiles(folder: string): Promise<Map<number, string[]>> {
  const { stat } = nodeFiles();
  const files = new Map<number, string[]>();
  const collect = async (place: string) => {
    for (const name of await listFolder(place)) {
      const layer = traceName.exec(name)?.[1];
      if (layer !== undefined)
        files.set(Number(layer), [...(files.get(Number(layer)) ?? []), inFolder(place, name)]);
    }
  };
  await collect(folder);
  for (const name of await listFolder(folder)) {
    const place = inFolder(folder, name);
    if (name.includes("rank") && (await stat(place)).isDirectory()) await collect(place);
  }
  return new Map([...files].sort(([a], [b]) => a - b));
}

const highestExpert = (lines: readonly TraceLine[]): number =>
  lines.reduce((highest, { ids }) => ids.reduce((a, b) => Math.max(a, b), highest), -1);

async function readLines(files: readonly string[]): Promise<TraceLine[]> {
  const lines: TraceLine[] = [];
  for (const file of files)
    for (const line of parseTrace(await readText(file), { file })) lines.push(line);
  return lines;
}

function addLines(totals: LayerTotals, lines: readonly TraceLine[], topK: number): void {
  for (const line of lines) {
    const { ids, weights } = wholeTokens(line, topK);
    if (ids.length > 0) addRoute(totals, { ids, weights, topK });
  }
}

/**
 * Scores from a folder of trace files `expert_weights_{layer}.txt`, flat or in `rank_…` folders. One layer's files are in
 * memory at a time.
 *
 * @throws {EsftError} `ERR_MISSING` when there are none, they are empty, or too short to infer `topK`; `ERR_FORMAT`
 *   naming file and line; `ERR_RANGE` when ids do not fit `topK` or `experts`; `ERR_IO`
 */
export async function readTraces(
  folder: string,
  options: ReadTracesOptions = {},
): Promise<ExpertScores> {
  const { topK, experts, average, signal, ...rest } = optionsOf("readTraces", options);
  refuseUnknown("readTraces", rest);
  const files = await traceFiles(folder);
  if (files.size === 0)
    throw new EsftError(
      "ERR_MISSING",
      `esft/readTraces: ${folder} must hold files expert_weights_{layer}.txt, found none`,
      { fields: { file: folder } },
    );
  let [choices, count] = [topK, experts];
  if (choices === undefined || count === undefined) {
    let highest = -1;
    for (const places of files.values()) {
      await takeTurn();
      signal?.throwIfAborted();
      const lines = await readLines(places);
      choices ??= lines.length > 0 ? inferTopK(lines) : undefined;
      highest = Math.max(highest, highestExpert(lines));
    }
    count ??= highest + 1;
  }
  const layers: LayerTotals[] = [];
  for (const [layer, places] of files) {
    await takeTurn();
    signal?.throwIfAborted();
    const totals = createLayerTotals(layer, Math.max(count, 1));
    addLines(totals, await readLines(places), choices ?? 1);
    layers.push(totals);
  }
  return scoresFromTotals(layers, { average });
}

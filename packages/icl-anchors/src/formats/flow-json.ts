import { AnchorsError, having } from "../errors";
import type { PromptFlow } from "../flow/saliency-flow";
import type { Prompt } from "../prompts/prompt";

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const areWhole = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(isWhole);

/**
 * A prompt from `{ input_ids, label_positions, target_position, class_ids, gold }`.
 * @throws {AnchorsError} `ERR_FORMAT` naming the key that is wrong
 */
export function parseFlowInput(json: unknown): Prompt {
  const value = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  const fail = (key: string, wanted: string) =>
    new AnchorsError("ERR_FORMAT", `icl-anchors/parseFlowInput: ${key} must be ${wanted}`, {
      fields: { key },
    });
  const { input_ids: ids, label_positions: places, target_position: target } = value;
  const { class_ids: classIds, gold } = value;
  if (!areWhole(ids)) throw fail("input_ids", "a list of whole numbers");
  if (!Array.isArray(places) || !places.every(areWhole))
    throw fail("label_positions", "one list of whole numbers per class");
  if (!isWhole(target)) throw fail("target_position", "a whole number");
  if (!areWhole(classIds)) throw fail("class_ids", "a list of whole numbers");
  if (!isWhole(gold)) throw fail("gold", "a whole number, the index of the right class");
  return { ids, labelPositions: places, target, classIds, gold };
}

const perPiece = 16_384;

/** Nine digits reproduce the same float32. */
function* numbers(data: Float32Array): Generator<string> {
  for (let start = 0; start < data.length; start += perPiece) {
    const texts = Array.from(data.subarray(start, start + perPiece), (x) =>
      String(Number(x.toPrecision(9))),
    );
    yield `${start > 0 ? "," : ""}${texts.join(",")}`;
  }
}

/**
 * JSON of a prompt's flow, in pieces, for matrices too large for one string:
 * `{ layers: [{ s_wp, s_pq, s_ww, flow: { shape, data } }] }`, [T, T] per layer, row =
 * query, diagonal kept; the means are those without it.
 */
export function* flowJson(promptFlow: PromptFlow): Generator<string> {
  const { length, layers } = having(
    "flowJson",
    "promptFlow",
    promptFlow,
    "length",
    "loss",
    "layers",
  );
  yield '{"layers": [';
  for (const [i, { wp, pq, ww, flow }] of layers.entries()) {
    yield `${i > 0 ? ",\n" : "\n"}{"s_wp": ${wp}, "s_pq": ${pq}, "s_ww": ${ww}, "flow": {"shape": [${length}, ${length}], "data": [`;
    yield* numbers(flow);
    yield "]}}";
  }
  yield "\n]}\n";
}

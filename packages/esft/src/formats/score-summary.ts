import { EsftError, having, optionsOf, refuseUnknown, textOf } from "../errors";
import { formatError, isObject, numberKey, parseJsonObject } from "../files/json-object";
import type { ExpertScores, LayerScores } from "../scoring/expert-scores";

/** The name of the file in a score folder. */
export const SUMMARY_FILE = "summary.json";

/** Python's spelling of numbers that JSON lacks; quoted, so that a message can show them. */
const pythonNumber = /(?<=[:,[\s])-?(?:NaN|Infinity)\b(?=\s*[,}\]])/g;

function parseLayer(file: string, key: string, value: unknown): Float64Array {
  if (!isObject(value) || Object.keys(value).length === 0)
    throw formatError(file, key, "an object of scores by expert", value);
  const entries = Object.entries(value).map(
    ([k, score]) => [numberKey(file, key, k), score] as const,
  );
  const scores = new Float64Array(entries.length);
  for (const [expert, score] of entries) {
    const place = `${key}["${expert}"]`;
    if (expert >= scores.length)
      throw formatError(
        file,
        place,
        `one of experts 0 to ${scores.length - 1}, without gaps`,
        expert,
      );
    if (typeof score !== "number" || score < 0)
      throw formatError(file, place, "a number of at least 0", score);
    scores[expert] = score;
  }
  return scores;
}

function parseScores(file: string, key: string, value: unknown): LayerScores {
  if (!isObject(value) || Object.keys(value).length === 0)
    throw formatError(file, key, "an object of layers", value);
  return new Map(
    Object.entries(value)
      .map(
        ([layer, scores]) =>
          [numberKey(file, key, layer), parseLayer(file, `${key}["${layer}"]`, scores)] as const,
      )
      .sort(([a], [b]) => a - b),
  );
}

/**
 * Reads the official `summary.json`: `{"token_scores": {layer: {expert: score}}, "gate_scores": {…}}`; the second may be
 * missing.
 *
 * @throws {EsftError} `ERR_FORMAT` naming file, key and what was expected
 */
export function parseSummary(
  text: string,
  options: { file?: string | undefined } = {},
): ExpertScores {
  textOf("parseSummary", "text", text);
  const { file = SUMMARY_FILE, ...rest } = optionsOf("parseSummary", options);
  refuseUnknown("parseSummary", rest);
  const json = parseJsonObject(text.replaceAll(pythonNumber, '"$&"'), file);
  const token = parseScores(file, "token_scores", json.token_scores);
  const gate =
    json.gate_scores === undefined || json.gate_scores === null
      ? null
      : parseScores(file, "gate_scores", json.gate_scores);
  for (const [layer, scores] of gate ?? [])
    if (token.get(layer)?.length !== scores.length)
      throw formatError(
        file,
        `gate_scores["${layer}"]`,
        `scores of ${token.get(layer)?.length ?? 0} experts, as in token_scores`,
        scores.length,
      );
  if (gate && gate.size !== token.size)
    throw formatError(file, "gate_scores", `${token.size} layers, as in token_scores`, gate.size);
  return { token, gate };
}

/** The official format as text, with scores of 4 decimals. @throws {EsftError} `ERR_NOT_FINITE` for a NaN score */
export function formatSummary(expertScores: ExpertScores): string {
  const { token, gate } = having("formatSummary", "expertScores", expertScores, "token", "gate");
  const rounded = (scores: LayerScores, key: string) =>
    Object.fromEntries(
      [...scores]
        .sort(([a], [b]) => a - b)
        .map(([layer, values]) => [
          layer,
          Object.fromEntries(
            [...values.entries()].map(([e, score]) => [e, round(score, key, layer, e)]),
          ),
        ]),
    );
  return `${JSON.stringify({
    token_scores: rounded(token, "token_scores"),
    gate_scores: gate ? rounded(gate, "gate_scores") : undefined,
  })}\n`;
}

function round(score: number, key: string, layer: number, expert: number): number {
  if (Number.isFinite(score)) return Number(score.toFixed(4));
  throw new EsftError(
    "ERR_NOT_FINITE",
    `esft/formatSummary: ${key}["${layer}"]["${expert}"] must be finite, got ${score}`,
    { fields: { key, layer, expert, score } },
  );
}

/**
 * Checks that scores fit a model: the same layers, with the same number of experts.
 *
 * @param layers the model's `moeLayers`, or expert counts by block number
 * @throws {EsftError} `ERR_MISMATCH` naming file, key and what was expected
 */
export function checkScoresFit(
  expertScores: ExpertScores,
  layers: ReadonlyMap<number, number | { readonly experts: { readonly count: number } }>,
  options: { file?: string | undefined } = {},
): void {
  const { token } = having("checkScoresFit", "expertScores", expertScores, "token", "gate");
  const { file = SUMMARY_FILE, ...rest } = optionsOf("checkScoresFit", options);
  refuseUnknown("checkScoresFit", rest);
  const fail = (key: string, problem: string) =>
    new EsftError("ERR_MISMATCH", `esft/scores: ${file}: ${key} ${problem}`, {
      fields: { file, key },
    });
  for (const [layer, known] of layers) {
    const key = `token_scores["${layer}"]`;
    const count = typeof known === "number" ? known : known.experts.count;
    const scores = token.get(layer);
    if (!scores) throw fail(key, "must be there: the model's block routes");
    if (scores.length !== count)
      throw fail(key, `must have ${count} experts as the model's block has, got ${scores.length}`);
  }
  for (const layer of token.keys())
    if (!layers.has(layer))
      throw fail(
        `token_scores["${layer}"]`,
        `must be one of the blocks that route (${[...layers.keys()].join(", ")})`,
      );
}

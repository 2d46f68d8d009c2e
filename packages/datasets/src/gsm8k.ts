import { optionsOf, refuseUnknown } from "./errors";
import { jsonlFile } from "./jsonl-file";
import { type Gsm8kProblem, parseGsm8kRecord } from "./parsers/parse-gsm8k";

/**
 * Yields the problems of a GSM8K file (one `{"question": …, "answer": …}` per line, `.gz` allowed) with their steps,
 * calculations and final answer parsed.
 *
 * @throws {DatasetsError} while iterating: `ERR_MISSING_FILE` or `ERR_FORMAT`
 * @see Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems"
 */
export function gsm8k(
  path: string | URL,
  options: { signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Gsm8kProblem> {
  const { signal, ...rest } = optionsOf("gsm8k", options);
  refuseUnknown("gsm8k", rest);
  return jsonlFile(path, { signal, check: parseGsm8kRecord });
}

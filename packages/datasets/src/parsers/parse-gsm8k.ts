import { contentOf, DatasetsError } from "../errors";
import { type JsonlOptions, parseJsonl } from "./parse-jsonl";

/** One annotated calculation, `<<48/2=24>>`. */
export interface Gsm8kCalculation {
  /** The left side, "48/2". */
  readonly expression: string;
  /** The right side as written, "24"; in one case a fraction, "3/4". */
  readonly result: string;
}

/** One line of a solution. */
export interface Gsm8kStep {
  /** The line without its annotations. */
  readonly text: string;
  readonly calculations: readonly Gsm8kCalculation[];
}

/** One word problem with its parsed solution. */
export interface Gsm8kProblem {
  readonly question: string;
  /** The answer as in the file, annotations and final line included. */
  readonly answer: string;
  /** The solution without annotations and final line. */
  readonly solution: string;
  readonly steps: readonly Gsm8kStep[];
  /** The text after `#### `, without thousands separators: "70000". */
  readonly finalAnswer: string;
  /** The final answer as a number. */
  readonly value: number;
}

const annotation = /<<([^<>=]*)=([^<>]*)>>/g;
const finalNumber = /^-?[\d,]*(?:\.\d+|(?<=\d))$/; // each character can match in only one way, so that the time stays linear

/** The text before the answer's last `####`, and the number after it; undefined if there is no such number. */
function finalLine(answer: string): { body: string; number: string } | undefined {
  const at = answer.lastIndexOf("####");
  const number = answer
    .slice(at + 4)
    .trimEnd()
    .replace(/^ +/, "");
  if (at < 0 || !finalNumber.test(number)) return undefined;
  return { body: answer.slice(0, at).replace(/\n$/, ""), number };
}

function parseStep(line: string): Gsm8kStep {
  const calculations = Array.from(line.matchAll(annotation), ([, expression, result]) => ({
    expression: expression!,
    result: result!,
  }));
  return { text: line.replace(annotation, ""), calculations };
}

/**
 * Parses one GSM8K record.
 *
 * @param record `{ question, answer }`; the answer ends in a line `#### <number>`
 * @throws {DatasetsError} `ERR_FORMAT` when a field is missing or the answer has no final number
 */
export function parseGsm8kRecord(record: unknown): Gsm8kProblem {
  const { question, answer } = (record ?? {}) as Partial<Record<string, unknown>>;
  if (typeof question !== "string" || typeof answer !== "string")
    throw new DatasetsError(
      "ERR_FORMAT",
      "datasets/parseGsm8kRecord: question or answer is missing",
      {
        fields: {
          record,
        },
      },
    );
  const last = finalLine(answer);
  const finalAnswer = last?.number.replaceAll(",", "");
  if (last === undefined || !Number.isFinite(Number(finalAnswer)))
    throw new DatasetsError(
      "ERR_FORMAT",
      "datasets/parseGsm8kRecord: no '#### <number>' at the end",
      {
        fields: {
          answer,
        },
      },
    );
  const steps = last.body.split("\n").filter(Boolean).map(parseStep);
  return {
    question,
    answer,
    solution: steps.map((step) => step.text).join("\n"),
    steps,
    finalAnswer: finalAnswer!,
    value: Number(finalAnswer),
  };
}

/**
 * Returns the problems of GSM8K JSON Lines with their steps, calculations and final answer.
 *
 * @param input text, or UTF-8 bytes
 * @throws {DatasetsError} `ERR_FORMAT` with `fields.line` on a line of another format
 * @see Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems"
 */
export function parseGsm8k(input: string | Uint8Array): Gsm8kProblem[] {
  contentOf("parseGsm8k", "input", input);
  const options: JsonlOptions<Gsm8kProblem> = { check: parseGsm8kRecord };
  return parseJsonl(input, options);
}

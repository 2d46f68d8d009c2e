import type { Estimate } from "../../../experiments/judging/paired-statistics";
import type { Html } from "../../../report/html";
import { bytes, whole } from "../../../report/numbers";
import { methodColors } from "../charts";
import { spread } from "../claims-table";
import { paperMarks } from "../paper-marks";
import type { MethodSummary } from "../summarize";
import { taskOf } from "../tasks";
import { table } from "./parts";

const estimated = (value: Estimate | null) => (value ? spread(value) : "–");

/** Methods on a task, a row each. */
export function methodTable(methods: readonly MethodSummary[]): Html {
  const head = [
    "method",
    "trained",
    "stored",
    "rate",
    "task loss",
    "exact",
    "chrF",
    "forgetting",
    "paper: task, general",
  ];
  const body = methods.map((row) => [
    row.name,
    whole(row.trainedParameters.mean),
    bytes(row.storedBytes.mean),
    row.rate === 0 ? "–" : String(row.rate),
    spread(row.loss),
    spread(row.exact),
    spread(row.chrF),
    estimated(row.forgetting),
    paperMarks(row.method, taskOf(row.task).kind),
  ]);
  return table(head, body, { isWide: true });
}

/** Whether a method is one of B-3. */
export const isMain = ({ method }: MethodSummary) => method === "vanilla" || method in methodColors;

import {
  estimate,
  estimateOf,
  type Html,
  html,
  resultsOf,
  type StudyRuns,
  table,
} from "@deepgrain/lab";
import { spread, whole } from "@deepgrain/support/pages";
import { listed, withSign } from "../shared/outcome-text";
import { bitsPerByte } from "./claims";
import type { SweepSettings } from "./recipe";
import type { SweepResult } from "./result";

type Runs = StudyRuns<SweepSettings, SweepResult>;

const METERED = html`<p class="meta">Held-out bits per byte, means with 95 % intervals over seeds.</p>`;

/** Mean loss of a schedule at a length; – where it was not trained to that. */
function lossOf(runs: Runs, schedule: string, length: "short" | "long"): string {
  const own = resultsOf(runs, `schedule/${schedule}`).flatMap(
    (one) => one.schedule?.[length] ?? [],
  );
  return own.length === 0 ? "–" : spread(estimate(own));
}

/** Two lengths with each schedule, and the steps that both take. */
export function continued(runs: Runs): Html {
  const stepsOf = (kind: string) => whole(resultsOf(runs, `schedule/${kind}`)[0]!.schedule!.steps);
  const names = {
    "multi-step": "multi-step, the long one from the end of the first stage",
    cosine: "cosine, the long one from the start",
    "cosine-continued": "cosine, the long one from the end of the short one",
  };
  return html`<p>Training to one length and to twice that takes ${stepsOf("multi-step")} steps with the multi-step schedule, whose first stage is shared, and
${stepsOf("cosine")} with a cosine.</p>${table(
    ["schedule", "one length", "twice the length", "steps for both"],
    Object.entries(names).map(([kind, name]) => [
      name,
      lossOf(runs, kind, "short"),
      lossOf(runs, kind, "long"),
      stepsOf(kind),
    ]),
  )}${METERED}`;
}

/** Other ends of the first stages. */
export function stages(runs: Runs): Html {
  const names = { "multi-step": "80/10/10", "70/15/15": "70/15/15", "60/20/20": "60/20/20" };
  const rows = Object.entries(names).map(([kind, name]) => [name, lossOf(runs, kind, "short")]);
  const meanOf = (kind: string) =>
    estimateOf(bitsPerByte("short")(`schedule/${kind}`), runs)?.mean ?? Number.NaN;
  const others = Object.entries(names).flatMap(([kind, name]) => {
    const more = meanOf(kind) - meanOf("multi-step");
    return kind === "multi-step" || Number.isNaN(more) ? [] : [`${name} by ${withSign(more, 3)}`];
  });
  const result =
    others.length > 0 &&
    html`<p>The final loss differs from that of the paper's choice, 80/10/10, with ${listed(others)} bits per byte.</p>`;
  return html`${result}${table(["stages, % of the steps", "bits per byte"], rows)}${METERED}`;
}

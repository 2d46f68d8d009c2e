import { page } from "@deepgrain/lab";
import type { ReportInput } from "./report-input";
import { switching } from "./sections/answers";
import { closing } from "./sections/closing";
import { comparison } from "./sections/comparison";
import { expertLoad } from "./sections/expert-load";
import { lead, summary, tiles } from "./sections/overview";
import { pretraining } from "./sections/pretraining";
import { routing } from "./sections/routing";

/** The report of a run as one HTML page that needs nothing else: no scripts, no requests. */
export function renderReport(input: ReportInput): string {
  const { name, config } = input;
  return page({
    title: "A mixture of experts, trained from scratch and then specialised",
    meta: `Deepgrain · run ${name} · seed ${config.seed}`,
    sections: [
      ...[summary, lead, tiles, pretraining, expertLoad, routing, comparison, switching, closing],
    ].map((part) => part(input)),
  });
}

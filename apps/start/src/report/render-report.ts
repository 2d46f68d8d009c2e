import { page } from "@deepgrain/lab";
import type { ReportInput } from "./report-input";
import { comparison } from "./sections/comparison";
import { intro, nextSteps, sources, tiles } from "./sections/overview";
import { expertLoad, pretraining } from "./sections/pretraining";
import { picture, routing } from "./sections/routing";
import { switching } from "./sections/switching";
import { lead, trade } from "./sections/trade";

/** The report of a run as one HTML page that needs nothing else: no scripts, no requests. */
export function renderReport(input: ReportInput): string {
  const { name, config } = input;
  return page({
    title: "A mixture of experts, trained from scratch and then specialised",
    meta: `Deepgrain · run ${name} · ${config.preset === "quick" ? "quick size, a smoke test · " : ""}seed ${config.seed}`,
    lead: lead(input),
    picture: picture(input),
    sections: [
      ...[intro, trade, tiles, pretraining, expertLoad, routing, comparison, switching, sources],
      nextSteps,
    ].map((part) => part(input)),
  });
}

import { page } from "@deepgrain/lab";
import type { ReportInput } from "./report-input";
import { comparison } from "./sections/comparison";
import { closing, lead, tiles } from "./sections/overview";
import { expertLoad, pretraining } from "./sections/pretraining";
import { routing } from "./sections/routing";
import { switching } from "./sections/switching";
import { trade } from "./sections/trade";

/** The report of a run as one HTML page that needs nothing else: no scripts, no requests. */
export function renderReport(input: ReportInput): string {
  const { name, config } = input;
  return page({
    title: "A mixture of experts, trained from scratch and then specialised",
    meta: `Deepgrain · run ${name} · seed ${config.seed}`,
    sections: [
      ...[trade, lead, tiles, pretraining, expertLoad, routing, comparison, switching, closing],
    ].map((part) => part(input)),
  });
}

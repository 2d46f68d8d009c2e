import type { JobConfig } from "../job/job-config";
import type { JobResults } from "../job/run-job";
import type { MetricsRecord } from "../runs/metrics-log";

/** What a report shows. */
export interface ReportInput {
  name: string;
  config: JobConfig;
  results: JobResults;
  metrics: readonly MetricsRecord[];
}

export function renderReport(_: ReportInput): string {
  return "<!doctype html>";
}

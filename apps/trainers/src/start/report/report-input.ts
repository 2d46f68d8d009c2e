import type { MetricsRecord } from "../../store/metrics-log";
import type { JobConfig } from "../job-config";
import type { JobResults } from "../job-results";

/** What a report shows; results that are not there yet are left out. */
export interface ReportInput {
  name: string;
  config: JobConfig;
  results: JobResults;
  metrics: readonly MetricsRecord[];
}

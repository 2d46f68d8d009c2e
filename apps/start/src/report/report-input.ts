import type { MetricsRecord } from "@deepgrain/command-line/metrics/metrics-log";
import type { JobConfig } from "../job-config";
import type { PretrainResult } from "../stages/pretrain-stage";
import type { ScoreResult } from "../stages/score-stage";
import type { SwitchResult } from "../stages/switch-stage";
import type { TokenizerResult } from "../stages/tokenizer-stage";
import type { TuneResult } from "../stages/tune-stages";

/** The results of a run's finished stages. */
export interface JobResults {
  tokenizer?: TokenizerResult | undefined;
  pretrain?: PretrainResult | undefined;
  scores?: ScoreResult | undefined;
  esft?: TuneResult | undefined;
  full?: TuneResult | undefined;
  switch?: SwitchResult | undefined;
}

/** The content of a report; results that are not there yet are left out. */
export interface ReportInput {
  name: string;
  config: JobConfig;
  results: JobResults;
  metrics: readonly MetricsRecord[];
}

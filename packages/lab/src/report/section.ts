import type { Judgement } from "../claims/judgement";
import type { StudyRuns } from "../study/runs";
import type { Html } from "./html";

/** What sections of a report show. */
export interface SectionInput<S, R> {
  settings: S;
  runs: StudyRuns<S, R>;
  judgement: Judgement;
}

/** A part of a study's report. */
export interface Section<S, R> {
  title: string;
  /** Shown only where this experiment was asked for; the experiment's claims then stand in it, below its content. */
  experiment?: string;
  /** Markup; false leaves the section out. */
  content(input: SectionInput<S, R>): Html | readonly Html[] | false;
}

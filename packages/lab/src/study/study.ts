import type { Html } from "@deepgrain/support/pages";
import type { Judgement } from "../claims/verdict";
import type { Gate } from "./gate";
import type { Claim, StudyRuns, UnaskedClaim } from "./runs";

/** One way to do it: a row of the grid. Studies add fields of their own. */
export interface Variant {
  /** Names its folder: letters, digits, `.`, `-`, `_`, and `/` between parts. */
  id: string;
  /** For people. Default: the id. */
  name?: string | undefined;
  /** Ids of variants whose results this one reads at the same seed. */
  after?: readonly string[] | undefined;
  /** Experiments that need it besides those whose claims read it. */
  experiments?: readonly string[] | undefined;
  /** How long a run takes, in proportion to the others, until a run of it has finished. Default 1. */
  weight?: number | undefined;
  /** Whether it runs at the end while nothing else does, so that it can measure time. */
  isAlone?: boolean | undefined;
}

/** A sign of life of a run; further fields are the study's own and must be plain data. */
export interface RunEvent {
  type: string;
  /** Share of the run, 0 to 1. */
  done?: number | undefined;
  /** How it stands, for people. */
  message?: string | undefined;
  [field: string]: unknown;
}

/** Data that all runs of a study share. */
export interface SharedContext<S> {
  settings: S;
  /** Aborted when the study stops; long steps between two events look at it. */
  signal: AbortSignal;
  /** A folder of the whole study for files that runs share, such as models. Write into it atomically. */
  artifacts: string;
}

/** Context of a run besides its variant and seed. */
export interface RunContext<S> extends SharedContext<S> {
  /** How many threads the run should use; undefined for as many as it likes. */
  threads: number | undefined;
  /** The result of a variant named in `after`, at the same seed. */
  result<T>(variant: string): T;
}

/** Input of a report's sections. */
export interface SectionInput<S, R> {
  settings: S;
  runs: StudyRuns<S, R>;
  judgement: Judgement;
}

/** A part of a study's report. */
export interface Section<S, R> {
  title: string;
  /** Shown only where this experiment was asked for; the experiment's claims then stand in it, below its content. */
  experiment?: string | undefined;
  /** Markup; false leaves the section out. */
  content(input: SectionInput<S, R>): Html | readonly Html[] | false;
}

/** An experiment re-run: what is varied, how one run goes, what is claimed, what is shown. */
export interface Study<S, R, V extends Variant = Variant> {
  /** Names it in files: letters, digits, `-`. */
  name: string;
  title: string;
  /** Two or three sentences on what was done. */
  lead?: string | undefined;
  /** The finding, in a sentence computed from the runs: the first that the report says. At most 30 words and three numbers. */
  finding?: ((input: SectionInput<NoInfer<S>, NoInfer<R>>) => string) | undefined;
  /** The chart that shows the finding, right below it; false where the runs have none. */
  picture?(input: SectionInput<NoInfer<S>, NoInfer<R>>): Html | false;
  /** Methods and abbreviations of the report, each with what it means. */
  terms?: readonly (readonly [name: string, meaning: string])[] | undefined;
  /** To be raised when results of older runs no longer count. Default 1. */
  version?: number | undefined;
  /** Default settings: plain data, the same for all runs of a folder. */
  settings: S;
  /** URL of a module from which workers import this study: `import.meta.url`. Not needed in process. */
  module?: string | undefined;
  /** Name of the study among the module's exports. Default "study". */
  exportName?: string | undefined;
  /** Titles of experiments by id. */
  experiments?: Readonly<Record<string, string>> | undefined;
  variants: readonly V[] | ((settings: NoInfer<S>) => readonly V[]);
  /** Makes what all runs share in `artifacts`, in the process of the study, before runs that are missing. */
  prepare?(context: SharedContext<NoInfer<S>>): AsyncGenerator<RunEvent, void, void>;
  /** Yields events and returns the result: plain data of finite numbers. */
  run(
    variant: NoInfer<V>,
    seed: number,
    context: RunContext<NoInfer<S>>,
  ): AsyncGenerator<RunEvent, R, void>;
  /** Checks a stored result, such as `(result) => schema.parse(result)` of zod. Where it throws, the run is done again. */
  parse?: ((result: unknown) => R) | undefined;
  claims?:
    | readonly Claim<NoInfer<R>, NoInfer<S>>[]
    | ((settings: NoInfer<S>) => readonly Claim<NoInfer<R>, NoInfer<S>>[])
    | undefined;
  /** Numbers that show whether the study is in its paper's regime. */
  gates?: readonly Gate<NoInfer<R>, NoInfer<S>>[] | undefined;
  /** Claims of the abstract that this study cannot ask. */
  unasked?: readonly UnaskedClaim[] | undefined;
  /** Sections of the report besides the claims. */
  sections?: readonly Section<NoInfer<S>, NoInfer<R>>[] | undefined;
}

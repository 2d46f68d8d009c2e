/** What a training is given besides its input. */
export interface TrainingContext {
  signal: AbortSignal;
  /** @param done share of the training, from 0 to 1 */
  report(done: number, message: string): void;
}

/** Does a training; input and result are plain data. */
type RunTraining = (input: never, context: TrainingContext) => Promise<unknown>;

/** The trainings that a worker can do, each loaded when first asked for. */
const trainingKinds = {
  "esft-base": async () => (await import("../../papers/esft/trainings")).runBase,
  "esft-tuning": async () => (await import("../../papers/esft/trainings")).runTuning,
  "esft-costs": async () => (await import("../../papers/esft/trainings")).runCosts,
} satisfies Record<string, () => Promise<RunTraining>>;

export type TrainingKind = keyof typeof trainingKinds;

/** What a worker is sent. */
export interface Assignment {
  kind: TrainingKind;
  /** Its number among the trainings. */
  id: number;
  input: unknown;
}

/** What a worker says while it is at it. */
export interface Report {
  id: number;
  done: number;
  message: string;
}

/** Does an assignment on this thread. */
export async function runAssignment(
  { kind, input }: Assignment,
  context: TrainingContext,
): Promise<unknown> {
  const run = (await trainingKinds[kind]()) as RunTraining;
  return run(input as never, context);
}

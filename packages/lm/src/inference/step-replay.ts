import { inference, type Tensor, TensorError } from "@deepgrain/tensor-gpu";

/** A part of a step. */
export interface StepPart {
  run(): void;
  /** Whether it reads values or calls code that may, so that its kernels differ from step to step. */
  isLive: boolean;
}

/** Neighbouring parts first … end − 1: their launches, or null for live ones. */
interface Recorded {
  first: number;
  end: number;
  launches: inference.Launches | null;
}

const cannotBeReplayed = (error: unknown) =>
  TensorError.isInstance(error) && error.code === "ERR_BACKEND";

/** Ranges of neighbouring parts that are all live or all not. */
function rangesOf(parts: readonly StepPart[]): [first: number, end: number][] {
  const starts = [...parts.keys()].filter((i) => parts[i]!.isLive !== parts[i - 1]?.isLive);
  return starts.map((first, i) => [first, starts[i + 1] ?? parts.length]);
}

function runRange(parts: readonly StepPart[], first: number, end: number): void {
  for (let i = first; i < end; i++) parts[i]!.run();
}

function dispose(recorded: readonly Recorded[]): void {
  for (const { launches } of recorded) launches?.dispose();
}

/** Runs and records the parts. @returns null if that is not possible; they may have run in part */
function record(on: Tensor, parts: readonly StepPart[]): Recorded[] | null {
  const recorded: Recorded[] = [];
  try {
    for (const [first, end] of rangesOf(parts)) {
      const run = () => runRange(parts, first, end);
      const { isLive } = parts[first]!;
      const launches = isLive ? null : inference.recordLaunches(on, run);
      if (isLive) run();
      recorded.push({ first, end, launches });
      if (!isLive && !launches) {
        dispose(recorded);
        return null;
      }
    }
    return recorded;
  } catch (error) {
    dispose(recorded);
    if (cannotBeReplayed(error)) return null;
    throw error;
  }
}

/**
 * Runs the parts of a step. Once two steps in a row had the same key, their kernel launches are recorded and repeated by the
 * next ones: a token then costs little more than its kernels. The key must name all that the launches depend on.
 */
export class StepReplay {
  private key: readonly unknown[] = [];
  private recorded: Recorded[] | null = null;
  private canRecord = true;

  /** @param on a tensor of the backend @param parts must overwrite all that they add to */
  run(key: readonly unknown[], on: Tensor, parts: readonly StepPart[]): void {
    const isSame = key.length === this.key.length && key.every((part, i) => part === this.key[i]);
    if (isSame && this.recorded) {
      for (const { first, end, launches } of this.recorded)
        launches ? launches.replay() : runRange(parts, first, end);
      return;
    }
    this.forget();
    this.key = key;
    if (isSame && this.canRecord) {
      this.recorded = record(on, parts);
      this.canRecord = this.recorded !== null;
      if (this.canRecord) return;
    }
    runRange(parts, 0, parts.length);
  }

  /** Frees the recording. */
  forget(): void {
    dispose(this.recorded ?? []);
    this.recorded = null;
    this.key = [];
  }
}

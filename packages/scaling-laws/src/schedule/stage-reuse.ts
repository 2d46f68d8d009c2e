import { listOf, optionsOf, refuseUnknown, ScalingLawsError, whole } from "../errors";
import { stageBounds } from "./multi-step";

/** One training that branches off the trunk. */
export interface Branch {
  /** All its steps. */
  steps: number;
  /** The trunk's checkpoint that it starts from: the end of its own first stage. */
  branchAt: number;
  /** Steps of its own, at falling rates. */
  tail: number;
}

/** Trainings of several lengths that share their first stage. */
export interface StageReuse {
  /** Steps of the shared run at the peak rate: the longest first stage. */
  trunk: number;
  /** Shortest first. */
  branches: Branch[];
  /** Steps with and without sharing, and the share saved. */
  totalSteps: number;
  separateSteps: number;
  saved: number;
}

/**
 * Plans trainings of several lengths with one multi-step schedule so that they share the first stage, which a cosine
 * does not allow: one trunk runs at the peak rate, and each training branches off at the end of its own first stage. A
 * checkpoint at 80 % of a short run serves that run only; longer runs go on along the trunk.
 *
 * @param lengths steps of each training, equal in all else (batch, peak rate, seed)
 * @param options.split shares of the stages (default 0.8, 0.1, 0.1)
 * @param options.warmup steps of warm-up, which must end within the shortest first stage (default 2000)
 * @throws {ScalingLawsError} `ERR_ARGUMENT` without lengths, `ERR_RANGE` for lengths, shares or warm-up out of range
 * @see DeepSeek-AI 2024 (DeepSeek LLM), sections 2.3 and 3.1
 */
export function stageReuse(
  lengths: readonly number[],
  options: { split?: readonly number[] | undefined; warmup?: number | undefined } = {},
): StageReuse {
  listOf("stageReuse", "lengths", lengths);
  const { split = [0.8, 0.1, 0.1], warmup = 2000, ...rest } = optionsOf("stageReuse", options);
  refuseUnknown("stageReuse", rest);
  if (lengths.length === 0)
    throw new ScalingLawsError("ERR_ARGUMENT", "scaling-laws/stageReuse: give at least one length");
  whole("stageReuse", "warmup", warmup, { min: 0 });
  const branches = [...lengths]
    .sort((a, b) => a - b)
    .map((steps) => {
      const branchAt = stageBounds("stageReuse", steps, split)[1]!;
      return { steps, branchAt, tail: steps - branchAt };
    });
  const shortest = branches[0]!;
  if (warmup > shortest.branchAt)
    throw new ScalingLawsError(
      "ERR_RANGE",
      `scaling-laws/stageReuse: the warm-up of ${warmup} steps must end within the first stage of the shortest run, ${shortest.branchAt} of ${shortest.steps} steps`,
      { fields: { warmup, firstStage: shortest.branchAt, steps: shortest.steps } },
    );
  const trunk = branches.at(-1)!.branchAt;
  const totalSteps = trunk + branches.reduce((sum, { tail }) => sum + tail, 0);
  const separateSteps = branches.reduce((sum, { steps }) => sum + steps, 0);
  return { trunk, branches, totalSteps, separateSteps, saved: 1 - totalSteps / separateSteps };
}

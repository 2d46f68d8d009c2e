import {
  assertWritable,
  type Folder,
  fillSubfolder,
  nameInFolder,
  nameOfFolder,
  saveFiles,
  saveSubfolder,
  subfolder,
} from "@deepgrain/support/files";
import {
  defaultGenerator,
  type GeneratorState,
  openInFolder,
  saveTensors,
} from "@deepgrain/tensor-gpu";
import { fail, folderOf, having, optionsOf, refuseUnknown, whole } from "../errors";
import type { Optimizer } from "../optimizer";
import {
  checkPartNames,
  checkpointName,
  jsonText,
  readJson,
  removeOldCheckpoints,
  STATE_FILE,
  stepOfName,
} from "./folders";
import type { CheckpointPart, CheckpointParts } from "./part";
import { parseTrainerState, refuseState, type TrainerState } from "./trainer-state";

/** A generator whose position a checkpoint keeps. */
export interface Randomness {
  state(): GeneratorState;
  restore(state: GeneratorState): unknown;
}

/** The contents of a checkpoint, besides the engine's random state and the position. */
export interface CheckpointContents {
  /** Its files stand in the checkpoint's folder itself. */
  weights: CheckpointPart;
  optimizer: Optimizer;
  /** Everything else that belongs to the run, each part in a folder of its own. Default: nothing. */
  parts?: CheckpointParts | undefined;
  /** The random numbers that the run draws. Default: the engine's default generator. */
  generator?: Randomness | undefined;
}

const OPTIMIZER_FILE = "optimizer.safetensors";

/** The optimiser's arrays, by name. */
const arraysOf = (state: object): [string, Float32Array][] =>
  Object.entries(state).filter(([, value]) => value instanceof Float32Array);

async function writeContents(
  folder: Folder,
  step: number,
  { weights, optimizer, parts = {} }: CheckpointContents,
  generator: GeneratorState,
): Promise<void> {
  await weights.save(folder);
  const state = await optimizer.state();
  const arrays = arraysOf(state).map(
    ([name, data]) => [name, { shape: [data.length], data }] as const,
  );
  await saveTensors(folder, OPTIMIZER_FILE, new Map(arrays));
  const names = Object.keys(parts);
  for (const name of names)
    await fillSubfolder(folder, name, async (own) => void (await parts[name]!.save(own)));
  const written: TrainerState = {
    step,
    generator,
    optimizerStep: state.step,
    ...(names.length > 0 && { parts: names }),
  };
  await saveFiles(folder, new Map([[STATE_FILE, jsonText(written)]]));
}

/**
 * Writes a checkpoint folder `step-<n>` that is there whole or not at all, so that a crash at any moment leaves the older
 * ones whole, then deletes all but the `keep` newest up to this step. Folders that are not checkpoints are left alone.
 *
 * @param options.keep default 2
 * @returns the checkpoint's path
 * @throws {TrainerError} `ERR_IO` that says why; `ERR_ARGUMENT` for a part whose name cannot be a folder's; `ERR_RANGE`
 */
export async function saveCheckpoint(
  folder: Folder,
  step: number,
  contents: CheckpointContents,
  options: { keep?: number | undefined } = {},
): Promise<string> {
  const { keep = 2, ...rest } = optionsOf("saveCheckpoint", options);
  refuseUnknown("saveCheckpoint", rest);
  folderOf("saveCheckpoint", "folder", folder);
  having("saveCheckpoint", "contents", contents, "weights", "optimizer");
  whole("saveCheckpoint", "keep", keep, { min: 1 });
  checkPartNames(Object.keys(contents.parts ?? {}));
  const name = checkpointName(step);
  const path = nameInFolder(folder, name);
  const random = (contents.generator ?? defaultGenerator).state(); // before other work can draw
  try {
    assertWritable(folder);
    await saveSubfolder(folder, name, (unfinished) =>
      writeContents(unfinished, step, contents, random),
    );
    await removeOldCheckpoints(folder, step, keep);
    return path;
  } catch (cause) {
    const message = `trainer/saveCheckpoint: cannot write ${path}: ${(cause as Error).message}`;
    return fail("ERR_IO", message, { path }, cause);
  }
}

async function readState(
  folder: Folder,
  parts: readonly string[],
  named: number | undefined,
): Promise<TrainerState> {
  const file = nameInFolder(folder, STATE_FILE);
  const state = parseTrainerState(await readJson(folder, STATE_FILE), file);
  if (named !== undefined && named !== state.step)
    refuseState(file, "step", `${named} as the folder's name says`, state.step);
  const found = state.parts ?? [];
  if (found.length !== parts.length || !parts.every((name) => found.includes(name)))
    refuseState(file, "parts", `${JSON.stringify(parts)} as this run's`, found);
  return state;
}

/**
 * Puts weights, optimiser, parts, random numbers and position back to a checkpoint's.
 *
 * @throws {TrainerError} `ERR_MISSING` when a file is not there, `ERR_FORMAT` for a state that is malformed, of another step
 *   than the folder's name says or with other parts, and what restoring weights and parts throws
 */
export async function restoreCheckpoint(
  folder: Folder,
  options: CheckpointContents,
): Promise<TrainerState> {
  const {
    weights,
    optimizer,
    parts = {},
    generator = defaultGenerator,
    ...rest
  } = optionsOf("restoreCheckpoint", options);
  refuseUnknown("restoreCheckpoint", rest);
  folderOf("restoreCheckpoint", "folder", folder);
  having("restoreCheckpoint", "options", options, "weights", "optimizer");
  const state = await readState(folder, Object.keys(parts), stepOfName(nameOfFolder(folder)));
  await weights.restore(folder);
  const file = await openInFolder(folder, OPTIMIZER_FILE);
  try {
    const arrays: Record<string, unknown> = { ...(await optimizer.state()) };
    for (const [name] of arraysOf(arrays)) arrays[name] = (await file.readFloat32(name)).data;
    optimizer.restore({ ...arrays, step: state.optimizerStep } as never);
  } finally {
    await file.close();
  }
  for (const [name, part] of Object.entries(parts))
    await part.restore(await subfolder(folder, name));
  generator.restore(state.generator);
  return state;
}

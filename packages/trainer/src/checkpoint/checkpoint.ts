import { inFolder, makeFolder, nodeFiles, removeFolder, saveFolder } from "@deepgrain/files";
import { defaultGenerator, openSafetensors, writeSafetensors } from "@deepgrain/tensor-gpu";
import { TrainerError } from "../errors";
import type { Optimizer } from "../optimizer";
import { checkpointPath, listCheckpoints, STATE_FILE, stepOfName } from "./folders";
import { readJson, writeJson } from "./json-files";
import type { CheckpointPart, CheckpointParts } from "./part";
import { parseTrainerState, type TrainerState } from "./trainer-state";

/** What a checkpoint is made of, besides the engine's random state and the position. */
export interface CheckpointContents {
  /** Its files stand in the checkpoint's folder itself. */
  weights: CheckpointPart;
  optimizer: Optimizer;
  /** Whatever else belongs to the run, each in a folder of its own. Default: nothing. */
  parts?: CheckpointParts;
}

/** The optimiser's arrays, by name. */
const arraysOf = (state: object): [string, Float32Array][] =>
  Object.entries(state).filter(([, value]) => value instanceof Float32Array);

const partName = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** @throws {TrainerError} `ERR_ARGUMENT` for names that cannot be a folder's on every system */
export function checkPartNames(parts: CheckpointParts): void {
  for (const name of Object.keys(parts))
    if (!partName.test(name))
      throw new TrainerError(
        "ERR_ARGUMENT",
        `trainer/fit: names of parts must be lower-case words joined by hyphens, got ${JSON.stringify(name)}`,
        { fields: { name } },
      );
}

async function writeContents(
  folder: string,
  step: number,
  { weights, optimizer, parts = {} }: CheckpointContents,
): Promise<void> {
  await weights.save(folder);
  const state = await optimizer.state();
  await writeSafetensors(
    inFolder(folder, "optimizer.safetensors"),
    new Map(arraysOf(state).map(([name, data]) => [name, { shape: [data.length], data }])),
  );
  for (const [name, part] of Object.entries(parts)) {
    await makeFolder(inFolder(folder, name));
    await part.save(inFolder(folder, name));
  }
  const names = Object.keys(parts);
  const written: TrainerState = {
    step,
    generator: defaultGenerator.state(),
    optimizerStep: state.step,
    ...(names.length > 0 && { parts: names }),
  };
  await writeJson(inFolder(folder, STATE_FILE), written);
}

/**
 * Writes a checkpoint folder `step-<n>` in one rename, so that a crash at any moment leaves the older ones whole, then
 * deletes all but the `keep` newest up to this step. Folders that are no checkpoints are left alone.
 *
 * @param options.keep default 2
 * @returns the checkpoint's path
 * @throws {TrainerError} `ERR_IO` that says why; `ERR_ARGUMENT` for a part whose name cannot be a folder's
 */
export async function saveCheckpoint(
  folder: string,
  step: number,
  contents: CheckpointContents,
  { keep = 2 }: { keep?: number } = {},
): Promise<string> {
  checkPartNames(contents.parts ?? {});
  const path = checkpointPath(folder, step);
  try {
    nodeFiles(); // says what is wrong where there are no paths
    await saveFolder(path, (unfinished) => writeContents(unfinished, step, contents));
    const earlier = (await listCheckpoints(folder)).filter((old) => old.step <= step);
    for (const old of earlier.slice(keep)) await removeFolder(old.path);
  } catch (cause) {
    const message = `trainer/saveCheckpoint: cannot write ${path}: ${(cause as Error).message}`;
    throw new TrainerError("ERR_IO", message, { fields: { path }, cause });
  }
  return path;
}

/**
 * Puts weights, optimiser, parts, random numbers and position back to a checkpoint's.
 *
 * @throws {TrainerError} `ERR_MISSING` when a file is not there, `ERR_FORMAT` for a state that is malformed, of another step
 *   than the folder's name says or with other parts, and what restoring weights and parts throws
 */
export async function restoreCheckpoint(
  path: string,
  { weights, optimizer, parts = {} }: CheckpointContents,
): Promise<TrainerState> {
  const state = await readState(path, Object.keys(parts));
  await weights.restore(path);
  const file = await openSafetensors(inFolder(path, "optimizer.safetensors"));
  try {
    const arrays: Record<string, unknown> = { ...(await optimizer.state()) };
    for (const [name] of arraysOf(arrays)) arrays[name] = (await file.readFloat32(name)).data;
    optimizer.restore({ ...arrays, step: state.optimizerStep } as never);
  } finally {
    await file.close();
  }
  for (const [name, part] of Object.entries(parts)) await part.restore(inFolder(path, name));
  defaultGenerator.restore(state.generator);
  return state;
}

async function readState(path: string, parts: readonly string[]): Promise<TrainerState> {
  const file = inFolder(path, STATE_FILE);
  const state = parseTrainerState(await readJson(file), file);
  const fail = (field: "step" | "parts", wanted: string) =>
    new TrainerError(
      "ERR_FORMAT",
      `trainer/checkpoint: ${file}: ${field} must be ${wanted}, got ${JSON.stringify(state[field] ?? [])}`,
      { fields: { file, field, value: state[field] } },
    );
  const named = stepOfName(path);
  if (named !== undefined && named !== state.step)
    throw fail("step", `${named} as the folder's name says`);
  const found = new Set(state.parts);
  if (found.size !== parts.length || !parts.every((name) => found.has(name)))
    throw fail("parts", `${JSON.stringify(parts)} as this run's`);
  return state;
}

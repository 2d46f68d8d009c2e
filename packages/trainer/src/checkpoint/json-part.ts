import { inFolder } from "@deepgrain/files";
import { readJson, writeJson } from "./json-files";
import type { CheckpointPart } from "./part";

const STATE_FILE = "state.json";

/**
 * A checkpoint part that keeps a value of JSON, such as the state of a random generator or a list of rewards.
 *
 * @param read gives the value to save
 * @param write takes it back; throws where it is not what it should be
 */
export const jsonPart = (
  read: () => unknown,
  write: (value: unknown) => unknown,
): CheckpointPart => ({
  save: (folder) => writeJson(inFolder(folder, STATE_FILE), read()),
  async restore(folder) {
    await write(await readJson(inFolder(folder, STATE_FILE)));
  },
});

import type { Budget, BudgetLimits } from "@deepgrain/support";
import { exists } from "@deepgrain/support/files";
import { LmError } from "../errors";
import type { HubOptions } from "../hub/hub-settings";
import type { HubPart } from "../hub/wanted-files";
import { type Folder, nameOfFolder } from "../text-files";

/** Options of every function that reads a model's folder. */
export interface FolderOptions {
  /** How repositories of the Hugging Face hub are reached and kept. */
  hub?: HubOptions | undefined;
  /** Fetches addresses, for example with a token for a private repository. Default: the global function. */
  fetch?: typeof globalThis.fetch | undefined;
  signal?: AbortSignal | undefined;
  /**
   * Limits of reading the folder's text files, or the head of a GGUF file: by default 134,217,728 bytes of text files,
   * 268,435,456 of a head, and the entries that `createTokenizer`, `parseConfig` and `openGguf` allow.
   */
  budget?: BudgetLimits | Budget | undefined;
}

const shortForm = /^hf:/i;
const page =
  /^https?:\/\/(huggingface\.co|hf\.co)\/[^/?#]+\/[^/?#]+(\/(tree|blob)\/[^?#]+)?\/?([?#].*)?$/i;

/** Whether a text names a repository of the Hugging Face hub: `hf:owner/name`, or the address of its page. */
export const isHubSource = (folder: unknown): folder is string =>
  typeof folder === "string" && (shortForm.test(folder) || page.test(folder));

/**
 * A folder as it is given; for a repository of the hub the folder into which it was downloaded.
 *
 * @param parts what of a repository is needed
 * @throws {LmError} as `hubFolder`
 */
export async function modelFolder(
  folder: Folder,
  parts: readonly HubPart[],
  { hub, fetch, signal }: Omit<FolderOptions, "budget">,
): Promise<Folder> {
  if (!isHubSource(folder)) return folder;
  const { hubFolder } = await import("../hub");
  return hubFolder(folder, { ...hub, parts, fetch, signal });
}

/**
 * The error for a file that a folder must have. Where a path is none and looks like a repository's name, it says how to
 * write that; nothing is requested.
 */
export async function missingFile(caller: string, folder: Folder, name: string): Promise<LmError> {
  const isBare =
    typeof folder === "string" && /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(folder);
  const isThere = !isBare || (await exists(folder).catch(() => false));
  const hint = isThere ? "" : `; for that repository of the Hugging Face hub, give hf:${folder}`;
  const place = nameOfFolder(folder);
  return new LmError("ERR_MISSING", `lm/${caller}: there is no ${name} in ${place}${hint}`, {
    fields: { folder: place },
  });
}

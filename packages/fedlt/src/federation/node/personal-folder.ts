import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, writeFileAtomic } from "@deepgrain/support/files";
import { FedError, textOf } from "../../errors";
import type { PersonalModel, PersonalModels } from "../runtime/personal-models";
import { checkTensors, type NamedTensor } from "../tensors/named-tensors";
import { decodeSafetensors, encodeSafetensors } from "../tensors/safetensors";

const BEFORE = "before::";

function encoded({ round, received, before, after }: PersonalModel): Uint8Array {
  const earlier = [...before].map(([name, tensor]) => [BEFORE + name, tensor] as const);
  const tensors = new Map<string, NamedTensor>([...after, ...earlier]);
  return encodeSafetensors({
    tensors,
    metadata: { personal: JSON.stringify({ round, received }) },
  });
}

/** Round and checksum of a file's metadata; undefined where they are not what this module writes. */
function recordIn(text: string | undefined): Pick<PersonalModel, "round" | "received"> | undefined {
  try {
    const { round, received } = JSON.parse(text ?? "{}") as Partial<PersonalModel>;
    if (!Number.isSafeInteger(round) || round! < 0 || typeof received !== "string")
      return undefined;
    return { round: round!, received };
  } catch {
    return undefined;
  }
}

function decoded(path: string, file: Uint8Array): PersonalModel {
  const { tensors, metadata } = decodeSafetensors(file);
  const record = recordIn(metadata.personal);
  if (!record)
    throw new FedError("ERR_FORMAT", "the file has no record of a personal model's last round");
  checkTensors(path, tensors);
  const named = [...tensors];
  const isEarlier = ([name]: readonly [string, unknown]) => name.startsWith(BEFORE);
  const earlier = named.filter(isEarlier);
  return {
    ...record,
    before: new Map(earlier.map(([name, tensor]) => [name.slice(BEFORE.length), tensor])),
    after: new Map(named.filter((entry) => !isEarlier(entry))),
  };
}

/** Runs an operation on a file. @throws {FedError} its own error with the file in its message, `ERR_IO` in place of any other */
async function withFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new FedError(
      FedError.isInstance(cause) ? cause.code : "ERR_IO",
      `fedlt/personalFolder: cannot use ${path}: ${message}`,
      { cause, fields: { path } },
    );
  }
}

/**
 * Personal models in a folder, one file `<client id>.safetensors` each: the model under its own names, which other tools read,
 * the one before its last round as `before::name`. A file is replaced at once, so that a killed client goes on from a whole one.
 *
 * @param folder created if it does not exist
 * @throws {FedError} when used: `ERR_IO`, `ERR_FORMAT` for a file that is none of these, both with the file's name
 */
export function personalFolder(folder: string): PersonalModels {
  textOf("personalFolder", "folder", folder);
  const where = (clientId: string) => join(folder, `${encodeURIComponent(clientId)}.safetensors`);
  return {
    where,
    load: (clientId) =>
      withFile(where(clientId), async () => {
        const path = where(clientId);
        const file = await readFile(path).catch((error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return undefined;
          throw error;
        });
        return file && decoded(path, file);
      }),
    save: (clientId, model) =>
      withFile(where(clientId), async () => {
        await makeFolder(folder);
        await writeFileAtomic(where(clientId), [encoded(model)]);
      }),
  };
}

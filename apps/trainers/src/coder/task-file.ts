import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { readTasks, type Task } from "@deepgrain/coder";
import { arraySpecifications, arrayTask } from "@deepgrain/studies/deepseek-coder-v2/array-tasks";
import { fingerprintTexts } from "@deepgrain/studies/shared/fingerprint";
import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { systemCode } from "@deepgrain/support/files";

/** Tasks of the built-in family. */
const BUILT_IN = 100;

/** Most bytes of a packed file once it is unpacked: MBPP+ has under 10 MB. */
const MOST_UNPACKED = 2 ** 28;

/** @throws {FormatError} for what is not packed, and for more bytes than are read */
async function taskText(path: string): Promise<string> {
  const bytes = await readFile(path);
  if (!path.endsWith(".gz")) return bytes.toString("utf8");
  const unpacked = await promisify(gunzip)(bytes, { maxOutputLength: MOST_UNPACKED }).catch(
    (cause) => {
      const isLarge = systemCode(cause) === "ERR_BUFFER_TOO_LARGE";
      const problem = isLarge ? `has more than ${MOST_UNPACKED} bytes` : "is no gzip file";
      throw new FormatError(`${path} ${problem}`, { cause });
    },
  );
  return unpacked.toString("utf8");
}

/** The tasks of the flags, and what tells whether they have changed. @throws {FormatError} where there are none */
export async function openTasks(
  { tasks: path, language }: { tasks: string | undefined; language: string | undefined },
  { count = BUILT_IN }: { count?: number } = {},
) {
  const text = path === undefined ? undefined : await taskText(path);
  const all: readonly Task[] =
    text === undefined
      ? arraySpecifications(count).map((one) => arrayTask(one))
      : readTasks(text, { file: basename(path!) });
  const isAsked = (task: Task) =>
    language === undefined || task.language.toLowerCase() === language.toLowerCase();
  const tasks = all.filter(isAsked);
  if (tasks.length === 0)
    throw language === undefined
      ? new FormatError(`${path} holds no tasks`)
      : new UsageError(
          `--language: there are no tasks in ${language}, but ${[...new Set(all.map((task) => task.language))].join(", ")}`,
        );
  return { tasks, fingerprint: fingerprintTexts([text ?? JSON.stringify(all)]) };
}

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { readTasks, type Task } from "@deepgrain/coder";
import { arraySpecifications, arrayTask } from "@deepgrain/studies/deepseek-coder-v2/array-tasks";
import { fingerprintTexts } from "@deepgrain/studies/shared/fingerprint";
import { systemCode } from "@deepgrain/support/files";
import { UsageError } from "../cli/usage-error";

/** Where the files of tasks are published. */
const PLACES = `HumanEval: github.com/openai/human-eval (MIT); infilling: github.com/openai/human-eval-infilling (MIT); MBPP: github.com/google-research/google-research/tree/master/mbpp (CC BY 4.0); HumanEval-X: github.com/THUDM/CodeGeeX (Apache-2.0); MultiPL-E: github.com/nuprl/MultiPL-E (MIT)`;

/** Tasks of the built-in family. */
const BUILT_IN = 100;

async function taskText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error) => {
    if (systemCode(error) === "ENOENT")
      throw new UsageError(`--tasks: there is no ${path}. Files of tasks are published; ${PLACES}`);
    throw error;
  });
  return (path.endsWith(".gz") ? await promisify(gunzip)(bytes) : bytes).toString("utf8");
}

/** The tasks of the flags, and what tells whether they have changed. @throws {UsageError} where there are none */
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
    throw new UsageError(
      language === undefined
        ? `--tasks: ${path} holds no tasks`
        : `--language: there are no tasks in ${language}, but ${[...new Set(all.map((task) => task.language))].join(", ")}`,
    );
  return { tasks, fingerprint: fingerprintTexts([text ?? JSON.stringify(all)]) };
}

import { type ModelFiles, writeFiles } from "../models/folder-files";
import { isSavedName, saveModelFiles } from "../models/saved-models";
import { attempt } from "../shell/attempt";
import { saveFile } from "../shell/save-file";
import { listSaved, signalOfWork, worker } from "./actions";
import { canPickFolder, pickFolder } from "./pick-folder";
import { workProblem } from "./said";
import { doing, drafts, problems, shown } from "./state";

/** The model's files. */
async function files(): Promise<ModelFiles> {
  const source = shown.source.value;
  for await (const found of worker().run("files", { source }, signalOfWork())) return found;
  throw new Error("The model has no files.");
}

/** The name that was typed, if a model can have it; else a sentence stands beside it. */
function checkedName(taken: readonly string[]): string | undefined {
  const name = drafts.name.value.trim();
  const problem = !isSavedName(name)
    ? "A name has 1 to 40 letters, digits, “-” and “_”."
    : taken.includes(name)
      ? `There is a saved model “${name}”: delete it, or choose another name.`
      : undefined;
  problems.keep.value = problem ? [problem] : [];
  return problem ? undefined : name;
}

/** Keeps the model in this browser, under the name that was typed. */
export async function keepHere(): Promise<void> {
  const name = checkedName(shown.saved.value.map((one) => one.name));
  if (name === undefined) return;
  await attempt(
    problems.keep,
    doing,
    async () => {
      doing.value = "Saving";
      await saveModelFiles(name, await files());
      await listSaved();
    },
    workProblem,
  );
}

/** A new folder in one that was picked. @throws {Error} if there is something of its name */
async function newFolder(
  parent: FileSystemDirectoryHandle,
  name: string,
): Promise<FileSystemDirectoryHandle> {
  for await (const taken of parent.keys())
    if (taken === name)
      throw new Error(`There is a “${name}” in that folder; choose another name.`);
  return parent.getDirectoryHandle(name, { create: true });
}

/** Gives the model to the visitor: in a new folder of one that is picked, or as downloaded files. */
export async function download(): Promise<void> {
  const name = checkedName([]);
  if (name === undefined) return;
  await attempt(
    problems.keep,
    doing,
    async () => {
      const parent = canPickFolder() ? await pickFolder("readwrite") : undefined;
      doing.value = "Saving";
      const found = await files();
      if (parent) await writeFiles(await newFolder(parent, name), found);
      else for (const [file, content] of found) saveFile(file, content);
    },
    workProblem,
  );
}

import { batch, type Signal, signal } from "@preact/signals";
import { filesOfHandle, filesOfList, folderProblem, type ModelFiles } from "../models/folder-files";
import { openSaved, removeSaved, savedModels } from "../models/saved-models";
import { attempt } from "../shell/attempt";
import { pageWorker } from "../shell/page-worker";
import { saveJson } from "../shell/save-file";
import { LONGEST } from "./limits";
import { movedText } from "./moved";
import { parseAddress } from "./parse-address";
import { pickFolder } from "./pick-folder";
import type { RecordedModel } from "./recorded";
import { loadProblem, workProblem } from "./said";
import { addressSource, filesSource, type ShippedName, type Source, shippedSource } from "./source";
import {
  address,
  doing,
  drafts,
  isCurrent,
  isLive,
  moved,
  problems,
  result,
  type State,
  shown,
  showRecorded,
  type Wrote,
  whole,
} from "./state";
import type { methods } from "./worker";
import type { Turn } from "./write";

let session: ReturnType<typeof pageWorker<typeof methods>> | undefined;
/** Ends what runs. */
let running = new AbortController();

/** The page's worker; it is started by what runs first. */
export function worker() {
  const open = () =>
    new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "model" });
  session ??= pageWorker<typeof methods>(open, () => {
    doing.value = "";
  });
  return session;
}

/** A signal for new work, which ends the work before. */
export function signalOfWork(): AbortSignal {
  running.abort();
  running = new AbortController();
  return running.signal;
}

/** Ends what runs; what was written stays. */
export function stop(): void {
  running.abort();
  doing.value = "";
}

/** Opens the page's state. An address in it is filled in, and asked only when the visitor says so. */
export function openOwnModel(recorded: RecordedModel): void {
  address.read();
  const { step, from, saved, address: given, prompt } = address.state.value;
  whole.value = recorded;
  drafts.prompt.value = prompt;
  drafts.address.value = given;
  problems.state.value = address.problems.value;
  void listSaved();
  if (step > 0) return;
  if (saved !== "") void openKept(saved);
  else if (from !== "stories") void openShipped(from);
  else if (!isCurrent.value) void write();
}

/** Lists the models that this browser keeps; none where it keeps nothing. */
export async function listSaved(): Promise<void> {
  shown.saved.value = await savedModels().catch(() => []);
}

/**
 * Opens a model in place of the one before and lets it write; if it cannot be read, the one before stays.
 * @param part of the state, once it is open
 */
async function open(
  about: Signal<string[]>,
  title: string,
  find: () => Promise<Source>,
  part: Partial<State>,
): Promise<void> {
  let isOpen = false;
  const ending = signalOfWork();
  for (const one of [problems.shipped, problems.folder, problems.address, problems.saved])
    one.value = [];
  await attempt(
    about,
    doing,
    async () => {
      doing.value = `Reading ${title}`;
      const source = await find();
      ending.throwIfAborted();
      for await (const event of worker().run("open", { source }, ending)) {
        if (event.type === "progress") {
          if (event.total > 0)
            doing.value = `Reading ${title} · ${event.done} of ${event.total} weights`;
          continue;
        }
        batch(() => {
          shown.source.value = source;
          shown.description.value = event.description;
          shown.turns.value = [];
          shown.written.value = null;
          whole.value = null;
          moved.value = "";
          address.set(part);
          isLive.value = true;
          isOpen = true;
        });
      }
    },
    (error) => loadProblem(title, error),
  );
  if (isOpen && !shown.description.value!.isChat) await write();
}

/** Opens one of this site's models. */
export async function openShipped(name: ShippedName): Promise<void> {
  const source = shippedSource(name);
  await open(problems.shipped, source.title, async () => source, { from: name, saved: "" });
}

/** Opens a model that this browser keeps. */
export async function openKept(name: string): Promise<void> {
  const find = async () => filesSource(name, await openSaved(name));
  await open(problems.saved, name, find, { saved: name });
}

/** Opens the model of files on this machine. */
async function openFiles(title: string, files: ModelFiles): Promise<void> {
  const problem = folderProblem(files, title);
  problems.folder.value = problem ? [`${problem} The model before it stays.`] : [];
  if (problem) return;
  const find = async () => filesSource(title, files);
  await open(problems.folder, title, find, { saved: "", from: "stories" });
}

/** Lets the visitor pick a folder, and opens its model. */
export async function openPicked(): Promise<void> {
  let picked: { name: string; files: ModelFiles } | undefined;
  const find = async () => {
    const folder = await pickFolder("read");
    picked = { name: folder.name, files: await filesOfHandle(folder) };
  };
  await attempt(problems.folder, signal(""), find, workProblem);
  if (picked) await openFiles(picked.name, picked.files);
}

/** Opens the model of a folder that was chosen in a form. */
export function openChosen(list: FileList | null): void {
  const { name, files } = filesOfList(list ?? []);
  if (list?.length) void openFiles(name, files);
  else problems.folder.value = ["That folder holds no files. The model before it stays."];
}

/** Takes an address as it is typed; nothing is asked yet. */
export function typeAddress(text: string): void {
  drafts.address.value = text;
  const parsed = parseAddress(text);
  problems.address.value = "problem" in parsed && text.trim() !== "" ? [parsed.problem] : [];
  address.set({ address: "address" in parsed ? parsed.address : "" });
}

/** Asks the address, whose host stands on the button that was pressed. */
export async function openAddress(): Promise<void> {
  const parsed = parseAddress(drafts.address.value);
  if ("problem" in parsed) {
    problems.address.value = [parsed.problem];
    return;
  }
  const source = addressSource(parsed.address);
  await open(problems.address, source.title, async () => source, { saved: "", from: "stories" });
}

/** Deletes a model that this browser keeps. */
export async function deleteKept(name: string): Promise<void> {
  await attempt(problems.saved, signal(""), () => removeSaved(name), workProblem);
  await listSaved();
}

/** Takes the text as it is typed. */
export function typePrompt(text: string): void {
  drafts.prompt.value = text;
  problems.prompt.value = [];
}

/** The text that is to be continued, if it is one; else a sentence stands beside it. */
function checkedPrompt(): string | undefined {
  const text = drafts.prompt.value;
  const { length } = [...text];
  const problem =
    text.trim() === ""
      ? "Type something for the model to go on from; what it wrote before stays."
      : length > LONGEST
        ? `The text has ${length.toLocaleString("en-US")} letters; at most ${LONGEST.toLocaleString("en-US")} are read.`
        : undefined;
  problems.prompt.value = problem ? [problem] : [];
  return problem ? undefined : text;
}

/** Lets the model go on from the turns. */
const answer = (turns: readonly Turn[]): Promise<void> =>
  attempt(
    problems.write,
    doing,
    async () => {
      const before = whole.value;
      const state = { ...address.state.value };
      moved.value = "";
      doing.value = "Writing";
      const { temperature, tokens, seed } = state;
      const run = { source: shown.source.value, turns, temperature, tokens, seed };
      for await (const event of worker().run("write", run, signalOfWork()))
        batch(() => {
          shown.turns.value = [...turns, { role: "assistant", content: event.text }];
          shown.written.value = event;
          whole.value = null;
          isLive.value = true;
        });
      const wrote: Wrote = {
        state,
        description: shown.description.value!,
        turns: shown.turns.value,
        written: { tokens: shown.written.value!.tokens },
      };
      whole.value = wrote;
      moved.value = movedText(before, wrote);
    },
    workProblem,
  );

/** Continues the text as it is typed, or says it to a model that converses. */
export async function write(): Promise<void> {
  const content = checkedPrompt();
  if (content === undefined) return;
  address.set({ prompt: content });
  const isChat = shown.description.value!.isChat;
  const before = isChat ? shown.turns.value : [];
  if (isChat) drafts.prompt.value = "";
  await answer([...before, { role: "user", content }]);
  if (problems.write.value.length > 0) drafts.prompt.value = content;
}

/** Writes the last text once more, from the next seed. */
export async function writeAnother(): Promise<void> {
  address.set({ seed: (address.state.value.seed + 1) % 2 ** 31 });
  if (!shown.description.value!.isChat) return write();
  const asked = shown.turns.value.filter(
    (_, i, all) => i < all.length - 1 || all[i]!.role === "user",
  );
  if (asked.length > 0) await answer(asked);
}

/** Forgets the conversation. */
export function forget(): void {
  stop();
  shown.turns.value = [];
  shown.written.value = null;
  whole.value = null;
}

/** Writes with another temperature or length from now on. */
export const writeWith = (part: { temperature?: number; tokens?: number }): void =>
  address.set(part);

/** Shows a result that the story has recorded. */
export function showStep(wrote: Wrote): void {
  stop();
  drafts.prompt.value = wrote.state.prompt;
  showRecorded(wrote);
}

/** Opens the settings' model, one of this site's, and lets it write, unless its text is there. */
export async function runStep(): Promise<void> {
  if (result.value) return;
  const { from, prompt } = address.state.value;
  drafts.prompt.value = prompt;
  if (shown.source.value.id === shippedSource(from).id) await write();
  else await openShipped(from);
  moved.value = "";
}

/** Saves all that is shown. */
export function save(): void {
  saveJson("deepgrain-model.json", {
    ...address.state.value,
    model: shown.source.value.title,
    description: shown.description.value,
    isRecorded: !isLive.value,
    turns: shown.turns.value,
    written: shown.written.value,
  });
}

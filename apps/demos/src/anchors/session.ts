import { openOnce } from "../shell/open-once";
import { type Look, lookAt } from "./look";
import { type ModelName, modelNames, type Target } from "./names";
import { openModels, type ShippedFile } from "./open-models";
import { readPrompt, writePrompt } from "./prompt-text";
import { linesOf, promptOf, readBy } from "./read-prompt";
import type { Reading } from "./reading";

/** Findings about a model. */
export interface LookEvent {
  name: ModelName;
  look: Look;
}

/** The work of the anchors' page. @param read a shipped file by its name */
export function createSession(read: (name: ShippedFile) => Promise<Blob>) {
  const open = openOnce(() => openModels(read));

  /** Asks both models, whole and cut. */
  async function* look(
    { seed, target }: { seed: number; target: Target },
    signal: AbortSignal,
  ): AsyncGenerator<LookEvent, void> {
    const models = await open();
    for (const name of modelNames)
      yield { name, look: await lookAt(models[name], { seed, target }, signal) };
  }

  /** Asks both models one prompt. @param asked.prompt "" for the first of the seed */
  async function* ask(
    { seed, target, prompt: text }: { seed: number; target: Target; prompt: string },
    signal: AbortSignal,
  ): AsyncGenerator<Reading, void> {
    const models = await open();
    const found = text === "" ? { lines: linesOf(seed) } : readPrompt(text);
    if ("problem" in found) throw new Error(found.problem);
    const prompt = promptOf(found.lines);
    const by = async (name: ModelName) => readBy(models[name], prompt, { seed, target, signal });
    yield {
      text: writePrompt(found.lines, "\n"),
      models: { anchors: await by("anchors"), control: await by("control") },
    };
  }

  return { look, ask };
}

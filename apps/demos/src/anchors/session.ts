import { openOnce } from "../shell/open-once";
import { type Example, exampleOf } from "./example";
import { type Look, lookAt } from "./look";
import { type ModelName, modelNames, type Target } from "./names";
import { openModels, type ShippedFile } from "./open-models";

/** Findings about both models, one after the other. */
export type LookEvent =
  | { type: "example"; example: Example }
  | { type: "look"; name: ModelName; look: Look };

/** The work of the anchors' page. @param read a shipped file by its name */
export function createSession(read: (name: ShippedFile) => Promise<Blob>) {
  const open = openOnce(() => openModels(read));

  /** Asks both models, whole and cut. */
  async function* look(
    { seed, target }: { seed: number; target: Target },
    signal: AbortSignal,
  ): AsyncGenerator<LookEvent, void> {
    const models = await open();
    yield { type: "example", example: exampleOf(seed) };
    for (const name of modelNames)
      yield { type: "look", name, look: await lookAt(models[name], { seed, target }, signal) };
  }

  return { look };
}

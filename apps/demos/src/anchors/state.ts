import { signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { choiceField, wholeField } from "../state/fields";
import type { Example } from "./example";
import type { Look } from "./look";
import { type Both, ends, LAYERS, type Target, targets } from "./names";
import type { RecordedAnchors } from "./recorded";

/** The page's state, in its address. */
export const address = addressState({
  target: choiceField("labels", targets),
  where: choiceField("first", ends),
  layers: wholeField(2, 0, LAYERS),
  seed: wholeField(1, 0, 2 ** 31 - 1),
});

/** Looks that are shown, and the question that they answer. */
export const shown = {
  looks: signal<Both<Look> | null>(null),
  example: signal<Example>({ tokens: [], answer: "" }),
  target: signal<Target>("labels"),
  seed: signal(1),
};

/** Work that is under way, in words; "" for none. */
export const doing = signal("");
/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);
/** Sentences about what went wrong. */
export const problems = signal<string[]>([]);

/** Shows what was recorded. */
export function showRecorded({ looks, example, target, seed }: RecordedAnchors): void {
  shown.looks.value = looks;
  shown.example.value = example;
  shown.target.value = target;
  shown.seed.value = seed;
  isLive.value = false;
}

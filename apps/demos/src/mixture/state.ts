import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import { decimalField, setField, wholeField } from "../state/fields";
import { busiestExperts, countOff, MOST_EIGHTHS } from "./busiest";
import { type Both, type Kind, kinds, LAYERS, sizes } from "./pair-names";
import type { Off, Probe } from "./probe";
import type { RecordedMixture } from "./recorded";

/** An expert's name in the address: "2-17" is the 17th expert of the second layer. */
const nameOf = (layer: number, expert: number) => `${layer + 1}-${expert + 1}`;

const namesOf = (kind: Kind) =>
  Array.from({ length: LAYERS * sizes[kind].experts }, (_, i) =>
    nameOf(Math.floor(i / sizes[kind].experts), i % sizes[kind].experts),
  );

/** Shares of the task's choices that can be asked for: with less, a layer may have no expert to tune. */
export const P = { min: 0.05, max: 1 };

const fields = {
  seed: wholeField(1, 0, 2 ** 31 - 1),
  steps: wholeField(500, 20, 5000),
  coarse: setField(namesOf("coarse")),
  fine: setField(namesOf("fine")),
  p: decimalField(0.3, P.min, P.max),
};

/** The page's state, in its address. */
export const address = addressState(fields);

/** The view of the two models. */
export const shown = {
  curve: signal<RecordedMixture["curve"]>([]),
  /** With no expert off. */
  whole: signal<Both<Probe> | null>(null),
  probes: signal<Both<Probe> | null>(null),
  scores: signal<number[][]>([]),
  /** Losses without the busiest experts, by eighths of them. */
  drops: signal<Both<readonly number[]> | null>(null),
  tuning: signal<RecordedMixture["tuning"] | null>(null),
};

/** The work in progress, in words; "" for none. */
export const doing = signal("");
/** Whether what is shown comes from this page and not from the recording. */
export const isLive = signal(false);
/** Whether the models were trained in this page. */
export const isTrained = signal(false);
/** Complaints, by the control that they are about. */
export const problems = {
  experts: signal<string[]>([]),
  models: signal<string[]>([]),
  file: signal<string[]>([]),
  tuning: signal<string[]>([]),
};

/** The letter or expert that is pointed at. */
export const pointed = signal<
  | { kind: Kind; sample: number; letter: number }
  | { kind: Kind; layer: number; expert: number }
  | null
>(null);

/** Experts that are off. */
export const off: Both<{ readonly value: Off }> = {
  coarse: computed(() => offOf("coarse")),
  fine: computed(() => offOf("fine")),
};

function offOf(kind: Kind): Off {
  const names = address.state.value[kind];
  return Array.from({ length: LAYERS }, (_, layer) =>
    Array.from({ length: sizes[kind].experts }, (_, expert) => expert).filter((expert) =>
      names.includes(nameOf(layer, expert)),
    ),
  );
}

/** Names of a model's busiest experts: so many eighths of each layer's. */
export function busiestNames(kind: Kind, eighths: number): string[] {
  const off = busiestExperts(shown.whole.value![kind].loads, countOff(kind, eighths));
  return off.flatMap((experts, layer) => experts.map((expert) => nameOf(layer, expert)));
}

/** The eighths of both models' experts that are off, busiest first; undefined where others are. */
export const eighthsOff = computed(() => {
  const isOff = (eighths: number) =>
    kinds.every((kind) => address.state.value[kind].join() === busiestNames(kind, eighths).join());
  for (let eighths = 0; eighths <= MOST_EIGHTHS; eighths++) if (isOff(eighths)) return eighths;
  return undefined;
});

/** Switches an expert off or on. @returns whether it may be: a token needs some */
export function toggleExpert(kind: Kind, layer: number, expert: number): boolean {
  const name = nameOf(layer, expert);
  const names = address.state.value[kind];
  const isOff = names.includes(name);
  const { experts, topK } = sizes[kind];
  if (!isOff && off[kind].value[layer]!.length >= experts - topK) return false;
  const order = namesOf(kind);
  const next = isOff ? names.filter((other) => other !== name) : [...names, name];
  address.set({ [kind]: order.filter((other) => next.includes(other)) });
  return true;
}

/** Shows what was recorded. */
export function showRecorded(recorded: RecordedMixture): void {
  shown.curve.value = recorded.curve;
  shown.whole.value = recorded.probes;
  shown.probes.value = recorded.probes;
  shown.scores.value = recorded.scores;
  shown.drops.value = recorded.drops;
  shown.tuning.value = recorded.tuning;
  isLive.value = false;
  isTrained.value = false;
}

import { computed, signal } from "@preact/signals";
import { addressState } from "../shell/use-address";
import type { StateOf } from "../state/address-state";
import { decimalField, setField, wholeField } from "../state/fields";
import { stepField } from "../story/step-field";
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

/** Steps of the page's story. */
export const STEPS = 6;

export const fields = {
  step: stepField(STEPS),
  seed: wholeField(1, 0, 2 ** 31 - 1),
  steps: wholeField(500, 20, 5000),
  /** Eighths of the experts that are off, busiest first, where none is off by choice. */
  share: wholeField(0, 0, MOST_EIGHTHS),
  coarse: setField(namesOf("coarse")),
  fine: setField(namesOf("fine")),
  p: decimalField(0.3, P.min, P.max),
};

export type State = StateOf<typeof fields>;

/** The result of a state: both models with some of their experts off. */
export interface Looked {
  /** Experts that are off, per layer. */
  off: Both<number[]>;
  /** Losses with all experts on, and as they are. */
  whole: Both<number>;
  losses: Both<number>;
  /** Shares of the choices in the first layer, with all experts on. */
  loads: Both<number[]>;
  tuning: RecordedMixture["tuning"] | null;
}

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

/** The change by the last move, in a sentence. */
export const moved = signal("");

/** The part of the state that was looked at last. */
export type Seen = Pick<State, "seed" | "steps" | "share" | "coarse" | "fine">;
export const seen = signal<Seen | null>(null);

/** Experts that are off, as the settings say or others. */
export function offOf(kind: Kind, state: Omit<Seen, "seed" | "steps"> = address.state.value): Off {
  const { coarse, fine, share } = state;
  if (coarse.length + fine.length === 0)
    return busiestExperts(shown.whole.value![kind].loads, countOff(kind, share));
  const names = state[kind];
  return Array.from({ length: LAYERS }, (_, layer) =>
    Array.from({ length: sizes[kind].experts }, (_, expert) => expert).filter((expert) =>
      names.includes(nameOf(layer, expert)),
    ),
  );
}

/** The eighths of both models' experts that are off, busiest first; undefined where others are. */
export const eighthsOff = computed(() => {
  const { coarse, fine, share } = address.state.value;
  return coarse.length + fine.length === 0 ? share : undefined;
});

/** Whether what is shown is of the settings. */
export const isCurrent = computed(() => {
  const [now, then] = [address.state.value, seen.value];
  const isSame = (kind: Kind) => JSON.stringify(offOf(kind)) === JSON.stringify(offOf(kind, then!));
  return then?.seed === now.seed && then.steps === now.steps && kinds.every(isSame);
});

/** The result that is shown of both models. */
export function nowShown(): Looked {
  const both = <T>(of: (kind: Kind) => T): Both<T> => ({ coarse: of("coarse"), fine: of("fine") });
  const { probes, whole, tuning } = shown;
  return {
    off: both((kind) => offOf(kind, seen.value!).map(({ length }) => length)),
    whole: both((kind) => whole.value![kind].loss),
    losses: both((kind) => probes.value![kind].loss),
    loads: both((kind) => whole.value![kind].loads[0]!),
    tuning: tuning.value,
  };
}

/** The result of the settings; null while it is not there. */
export const result = computed(() => (isCurrent.value && doing.value === "" ? nowShown() : null));

/** Switches an expert off or on. @returns whether it may be: a token needs some */
export function toggleExpert(kind: Kind, layer: number, expert: number): boolean {
  const { experts, topK } = sizes[kind];
  const isOff = offOf(kind)[layer]!.includes(expert);
  if (!isOff && offOf(kind)[layer]!.length >= experts - topK) return false;
  const next = (of: Kind) => {
    const own = offOf(of).flatMap((all, at) => all.map((one) => nameOf(at, one)));
    const name = nameOf(layer, expert);
    if (of !== kind) return own;
    return namesOf(of).filter((other) => (other === name ? !isOff : own.includes(other)));
  };
  address.set({ coarse: next("coarse"), fine: next("fine"), share: 0 });
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
  seen.value = { seed: recorded.seed, steps: recorded.steps, share: 0, coarse: [], fine: [] };
  isLive.value = false;
  isTrained.value = false;
}

/** @file How both halves of RedGrape name the groups that they exchange. */
import {
  groupsUnder,
  type RoundContext,
  type ServerState,
} from "../../../federation/runtime/strategy";
import type { ReadonlyTensors, TensorGroups } from "../../../federation/tensors/named-tensors";
import { meanOf } from "../../../federation/tensors/tensor-math";

const PROTOTYPE = "prototype";
const MISSING = "missing-prototype";

/** Whether a client reports that it has T rows of each class. */
export const BALANCED_CLASSES = "balanced-classes";

/** The group of one class's prototype. */
export const prototypeGroup = (c: number | string): string => `${PROTOTYPE}/${c}`;

/** Prototypes by class. */
export const prototypesIn = (groups: TensorGroups | undefined): Map<string, ReadonlyTensors> =>
  groupsUnder(groups, PROTOTYPE);

/** The part of the state that a client gets in addition to the model. */
export function groupsFor(
  { state }: RoundContext,
  clientId: string,
  delivery: "all" | "missing-mean",
): TensorGroups {
  const prototypes = prototypesIn(state.groups);
  const named = [...prototypes].map(([c, tensors]) => [prototypeGroup(c), tensors] as const);
  const own = state.values[`balanced/${clientId}`] as readonly number[] | undefined;
  if (delivery === "all" || !own) return new Map(named);
  const missing = [...prototypes]
    .filter(([c]) => own[Number(c)] !== 1)
    .map(([, tensors]) => tensors);
  // An empty prototype group would mean "no prototypes yet"; the client still takes its balanced step from real rows.
  return new Map(missing.length > 0 ? [[MISSING, meanOf(missing)]] : named.slice(0, 1));
}

/** Whether a task has any prototype. */
export const hasPrototypes = (groups: TensorGroups): boolean =>
  groups.has(MISSING) || prototypesIn(groups).size > 0;

/** Mean prototype of the classes outside `own`: as received, or computed from all prototypes. */
export function missingPrototype(
  groups: TensorGroups,
  own: ReadonlySet<number>,
): ReadonlyTensors | undefined {
  const sent = groups.get(MISSING);
  if (sent) return sent;
  const missing = [...prototypesIn(groups)].filter(([c]) => !own.has(Number(c)));
  return missing.length === 0 ? undefined : meanOf(missing.map(([, tensors]) => tensors));
}

/** For each class reported this round the plain mean of the reports; other classes keep theirs. */
export function mergedPrototypes(
  { groups: before }: ServerState,
  updates: readonly { readonly groups?: TensorGroups | undefined }[],
): TensorGroups {
  const reports = new Map<string, ReadonlyTensors[]>();
  for (const { groups } of updates)
    for (const [c, tensors] of prototypesIn(groups)) {
      const list = reports.get(c) ?? [];
      list.push(tensors);
      reports.set(c, list);
    }
  const merged = [...reports].map(([c, list]) => [prototypeGroup(c), meanOf(list)] as const);
  return new Map([...before, ...merged]);
}

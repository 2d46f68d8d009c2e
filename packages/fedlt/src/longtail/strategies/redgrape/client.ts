import { sampled } from "../../../federation/random/draws";
import { stream } from "../../../federation/random/stream";
import type { ReadonlyTensors } from "../../../federation/tensors/named-tensors";
import { classCounts, type Dataset, rowsByClass, selectRows } from "../../data/dataset";
import { classGradients } from "../../local/class-gradients";
import { type ClientPart, type PartInput, perClass } from "../../local/client-part";
import { headOf } from "../../local/heads";
import type { ExtraStep } from "../../local/train-local";
import { balancedStep } from "./balanced-step";
import { BALANCED_CLASSES, hasPrototypes, missingPrototype, prototypeGroup } from "./prototypes";
import type { RedGrapeSettings } from "./settings";

const settingsOf = ({ settings }: PartInput) => settings as unknown as RedGrapeSettings;

/** Classes with at least T rows; none for T = ∞. */
function ownClasses(data: Dataset, threshold: number | null): Set<number> {
  const counts = classCounts(data.labels, data.classes);
  return new Set(counts.flatMap((n, c) => (threshold !== null && n >= threshold ? [c] : [])));
}

/** T random rows of each class with at least T. */
const randomBalancedRows: NonNullable<PartInput["balancedRows"]> = (task, data, threshold) => {
  const random = stream(task.seed, "balanced", task.round, task.clientId);
  return rowsByClass(data.labels, data.classes)
    .filter((rows) => rows.length >= threshold)
    .flatMap((rows) => sampled(rows, threshold, random));
};

/** The balanced step of this round; none before prototypes have been reported, even where real rows would suffice. */
function stepOf(input: PartInput): ExtraStep | undefined {
  const { task, local, data, heads, balancedRows = randomBalancedRows } = input;
  const { lambda, threshold, compat, usesPrototypes } = settingsOf(input);
  if (usesPrototypes && !hasPrototypes(task.groups)) return undefined;
  const own = ownClasses(data, threshold);
  const rows = threshold === null || own.size === 0 ? [] : balancedRows(task, data, threshold);
  const missing = missingPrototype(task.groups, own);
  return balancedStep(input, {
    lr: local.lr,
    lambda,
    compat,
    ownClasses: own.size,
    batch: rows.length > 0 ? selectRows(data, rows) : undefined,
    missing: missing && {
      weight: missing.get(`${heads.main}.weight`)!.data,
      bias: missing.get(`${heads.main}.bias`)!.data,
    },
  });
}

/**
 * RedGrape's part on the client: it reports a gradient prototype per class, trains the sum of both heads, and takes a balanced
 * step of the main head after each step of SGD.
 * @see RedGrape, algorithm 1
 */
export const redGrapeClient: ClientPart = {
  async report(input) {
    const { task, data, encoder, heads, features } = input;
    const { usesPrototypes, reportsClasses, privacy, threshold } = settingsOf(input);
    const groups = new Map<string, ReadonlyTensors>();
    if (usesPrototypes) {
      const head = headOf(task.params, heads.main, encoder.width);
      const random = stream(task.seed, "prototype-noise", task.round, task.clientId);
      const options = { name: heads.main, privacy, random };
      for (const [c, tensors] of classGradients(await features(), data.labels, head, options))
        groups.set(prototypeGroup(c), tensors);
    }
    if (reportsClasses) {
      const own = ownClasses(data, threshold);
      const has = Array.from({ length: data.classes }, (_, c) => (own.has(c) ? 1 : 0));
      groups.set(BALANCED_CLASSES, perClass(has));
    }
    return { groups };
  },
  training: (input) => ({
    twoHeads: settingsOf(input).twoHeads,
    keepGradients: settingsOf(input).compat.keepGradients ?? false,
    extra: stepOf(input),
  }),
};

import { type EncoderDefence, encoderDefences } from "@deepgrain/fine-purify/encoders";
import type { Variant } from "@deepgrain/lab";
import type { experiments } from "./introduction";
import { methodName, victimName } from "./names";
import type { PurifySettings } from "./recipe";
import { screens } from "./screen-victim";
import { victimOf } from "./tasks";

/** A pre-training, an attack on its encoder, or a defence of a victim: of its weights, or a screen for its rows. */
export interface PurifyVariant extends Variant {
  kind: "pretraining" | "victim" | "defence" | "screen";
  victim?: string;
  method?: string;
}

/** Methods that a clean victim and real text are defended by; the artificial language's victims are by all. */
const fewer: Record<string, readonly string[]> = {
  "sgd/none": ["fine-tuning", "random", "r-init"],
  "text/word": [
    "fine-tuning",
    "random",
    "delta2",
    "r-init",
    "averaging",
    "epur",
    "onion",
    "strip",
    "rap",
  ],
};

/** The experiment that a victim belongs to. */
export const experimentOf = (victim: string): keyof typeof experiments => {
  if (victim === "sgd/word") return "B-1";
  return victimOf(victim).task === "toy" ? "B-2" : "B-3";
};

const cost = ({ hasRho, masks = 1, id }: EncoderDefence) =>
  id === "anp" ? 4 : hasRho ? 4 * masks : 1;

/** Everything that is run, from the settings: encoders, victims, and the methods against each. */
export function variants({ victims, methods: wanted }: PurifySettings): PurifyVariant[] {
  const tasks = [...new Set(victims.map((id) => victimOf(id).task))];
  const experimentsOf = (ids: readonly string[]) => [...new Set(ids.map(experimentOf))];
  return [
    ...tasks.map(
      (task): PurifyVariant => ({
        id: `${task}/pretraining`,
        kind: "pretraining",
        experiments: experimentsOf(victims.filter((id) => victimOf(id).task === task)),
        weight: 16,
      }),
    ),
    ...victims.flatMap((victim): PurifyVariant[] => {
      const { task } = victimOf(victim);
      const after = [`${task}/pretraining`];
      const experiments = [experimentOf(victim)];
      const isUsed = ({ id }: { id: string }) =>
        wanted.includes(id) && (fewer[victim]?.includes(id) ?? true);
      const of = (kind: PurifyVariant["kind"], method: { id: string; name: string }) => ({
        id: `${victim}/${method.id}`,
        name: `${victimName(victim)}: ${method.name}`,
        kind,
        victim,
        method: method.id,
        experiments,
        after: [`${victim}/victim`],
      });
      return [
        { id: `${victim}/victim`, kind: "victim", victim, after, experiments, weight: 12 },
        ...encoderDefences.filter(isUsed).map((method) => ({
          ...of("defence", { id: method.id, name: methodName(method.id) }),
          weight: cost(method),
        })),
        ...screens.filter(isUsed).map((method) => ({ ...of("screen", method), weight: 1 })),
      ];
    }),
  ];
}

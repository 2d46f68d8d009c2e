import type { Variant } from "@deepgrain/lab";
import { type Method, methods } from "./defend";
import type { PurifySettings } from "./recipe";
import { victimOf } from "./victims";

/** A pre-training, an attack on its encoder, or a defence of a victim. */
export interface PurifyVariant extends Variant {
  kind: "pretraining" | "victim" | "defence";
  victim?: string;
  method?: string;
}

/** Methods that a clean victim and real text are defended by; the artificial language's victims are by all. */
const fewer: Record<string, readonly string[]> = {
  "sgd/none": ["fine-tuning", "random", "r-init"],
  "text/word": ["fine-tuning", "random", "delta2", "r-init", "epur"],
};

const cost = ({ hasRho, masks = 1, id }: Method) => (id === "anp" ? 4 : hasRho ? 4 * masks : 1);

/** Everything that is run, from the settings: encoders, victims, and the methods against each. */
export function variants({ victims, methods: wanted }: PurifySettings): PurifyVariant[] {
  const tasks = [...new Set(victims.map((id) => victimOf(id).task))];
  const experimentOf = (task: string) => [task === "toy" ? "B-1" : "B-2"];
  return [
    ...tasks.map(
      (task): PurifyVariant => ({
        id: `${task}/pretraining`,
        kind: "pretraining",
        experiments: experimentOf(task),
        weight: 16,
      }),
    ),
    ...victims.flatMap((victim): PurifyVariant[] => {
      const { task } = victimOf(victim);
      const after = [`${task}/pretraining`];
      const experiments = experimentOf(task);
      const used = methods.filter(
        ({ id }) => wanted.includes(id) && (fewer[victim]?.includes(id) ?? true),
      );
      return [
        { id: `${victim}/victim`, kind: "victim", victim, after, experiments, weight: 12 },
        ...used.map(
          (method): PurifyVariant => ({
            id: `${victim}/${method.id}`,
            name: `${victim}: ${method.name}`,
            kind: "defence",
            victim,
            method: method.id,
            after: [`${victim}/victim`],
            experiments,
            weight: cost(method),
          }),
        ),
      ];
    }),
  ];
}

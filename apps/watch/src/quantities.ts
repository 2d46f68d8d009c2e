import type { MetricsRecord } from "@deepgrain/command-line/metrics/metrics-log";

/** Something that is measured over the steps of a training. */
export interface Quantity {
  label: string;
  /** Type of the records that have it. */
  type: "step-end" | "eval-end";
  /** Its value; undefined where a record has none. @param seconds that the step took, where it is known */
  of(record: MetricsRecord, seconds: number | undefined): unknown;
}

const isNumber = (value: unknown): value is number => Number.isFinite(value);

const scalar = (name: string) => (record: MetricsRecord) =>
  (record.scalars as Record<string, unknown> | undefined)?.[name];

/** The quantities that are drawn, in this order. */
export const quantities = {
  loss: { label: "loss", type: "step-end", of: ({ loss }) => loss },
  heldOut: {
    label: "held-out loss",
    type: "eval-end",
    of: (record) => (isNumber(scalar("reward")(record)) ? undefined : record.loss),
  },
  heldOutReward: { label: "held-out reward", type: "eval-end", of: scalar("reward") },
  lr: { label: "learning rate", type: "step-end", of: ({ lr }) => lr },
  speed: {
    label: "tokens per second",
    type: "step-end",
    of: ({ tokens }, seconds) =>
      typeof tokens === "number" && seconds ? tokens / seconds : undefined,
  },
  reward: { label: "reward", type: "step-end", of: scalar("reward") },
  kl: { label: "KL divergence", type: "step-end", of: scalar("kl") },
  accuracy: {
    label: "held-out accuracy",
    type: "eval-end",
    of: (record) => record.accuracy ?? scalar("accuracy")(record),
  },
} as const satisfies Record<string, Quantity>;

/** exp(loss), where a record's loss is in nats per token: language models are measured by nothing else. */
export function perplexityOf({ type, loss, scalars }: MetricsRecord): number | undefined {
  const isAlone = Object.keys(Object(scalars)).length === 0;
  return type === "eval-end" && isNumber(loss) && isAlone ? Math.exp(loss) : undefined;
}

/** Name of a quantity. */
export type QuantityId = keyof typeof quantities;

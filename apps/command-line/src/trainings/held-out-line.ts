/** A measurement on held-out data. */
export interface HeldOut {
  step: number;
  /** All steps of the training. */
  steps: number;
  /** Measured quantity. Default: the loss. */
  name?: string | undefined;
  value: number;
  /** Whether it is a loss in nats per token, so that it has a perplexity. */
  isPerToken: boolean;
  /** Other measurements, as text. */
  more?: string | undefined;
}

/** A line per evaluation: `step 50 of 200 · held-out loss 3.2123, perplexity 24.84`. */
export function heldOutLine({
  step,
  steps,
  name = "loss",
  value,
  isPerToken,
  more,
}: HeldOut): string {
  const perplexity = isPerToken ? `, perplexity ${Number(Math.exp(value).toPrecision(4))}` : "";
  const others = more === undefined || more === "" ? "" : ` · ${more}`;
  return `step ${step} of ${steps} · held-out ${name} ${value.toFixed(4)}${perplexity}${others}`;
}

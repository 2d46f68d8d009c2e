/** A measurement on held-out data. */
export interface HeldOut {
  step: number;
  /** All steps of the training. */
  steps: number;
  loss: number;
  /** Whether the loss is in nats per token, so that it has a perplexity. */
  isPerToken: boolean;
  /** Other measurements, as text. */
  more?: string | undefined;
}

/** A line per evaluation: `step 50 of 200 · held-out loss 3.2123, perplexity 24.84`. */
export function heldOutLine({ step, steps, loss, isPerToken, more }: HeldOut): string {
  const perplexity = isPerToken ? `, perplexity ${Number(Math.exp(loss).toPrecision(4))}` : "";
  const others = more === undefined || more === "" ? "" : ` · ${more}`;
  return `step ${step} of ${steps} · held-out loss ${loss.toFixed(4)}${perplexity}${others}`;
}

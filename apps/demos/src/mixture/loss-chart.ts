import type { RecordedMixture } from "./recorded";

/** The chart of held-out losses, drawn at build time and, by the same code, live. */
export async function lossChart(curve: RecordedMixture["curve"]): Promise<string> {
  const { curves } = await import("@deepgrain/lab/charts");
  const series = [
    { kind: "coarse", name: "coarse: 8 experts", color: "var(--series-2)" },
    { kind: "fine", name: "fine: 31 experts and a shared one", color: "var(--series-1)" },
  ] as const;
  const { text } = curves({
    label: "Loss on held-out text over the steps of training",
    x: { label: "steps" },
    y: { label: "nats per letter" },
    series: series.map(({ kind, ...own }) => ({
      ...own,
      points: curve.map(({ step, losses }) => ({ x: step, y: losses[kind] })),
    })),
  });
  // Plot names its groups, which a picture with a name of its own must not.
  return text.replaceAll(/(<g\b[^>]*) aria-label="[^"]*"/g, "$1");
}

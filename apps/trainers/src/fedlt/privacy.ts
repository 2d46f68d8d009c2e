import type { CommandContext } from "@deepgrain/command-line/commands/context";
import type { Values } from "@deepgrain/command-line/flags/flags";
import { noiseFor, privacySpent } from "@deepgrain/fedlt";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { privacyFlags } from "./flags";

/** `fed privacy`. */
export async function privacy(
  { noiseMultiplier, epsilon, rounds: steps, json, ...given }: Values<typeof privacyFlags>,
  { write }: CommandContext,
): Promise<void> {
  if ((noiseMultiplier === undefined) === (epsilon === undefined))
    throw new UsageError("give either --noise-multiplier or --epsilon");
  const noise = noiseMultiplier ?? noiseFor({ ...given, steps, epsilon: epsilon! });
  const spent = privacySpent({ ...given, steps, noiseMultiplier: noise });
  const result = epsilon === undefined ? spent : { ...spent, noiseMultiplier: noise };
  write(
    json
      ? `${JSON.stringify(result)}\n`
      : `ε ${spent.epsilon.toFixed(3)} at δ ${given.delta} (order ${spent.order}, noise multiplier ${Number(noise.toPrecision(4))})\n`,
  );
}

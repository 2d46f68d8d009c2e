/** Something that a person should look at; the run goes on. Each is reported once. */
export interface Warning {
  readonly type: "warning";
  /**
   * `large-share`: one client weighs over half of a round of three or more; `name-in-use`: two processes take part under one
   * name; `no-clients`: nobody has joined yet, or too few.
   */
  readonly reason: "large-share" | "name-in-use" | "no-clients";
  /** The client that it is about. */
  readonly clientId?: string | undefined;
  readonly message: string;
}

/** A warning that two processes take part under one name. */
export function nameInUse(place: string, clientId: string): Warning {
  return {
    type: "warning",
    reason: "name-in-use",
    clientId,
    message: `fedlt/${place}: another process takes part as ${clientId}; its updates count once, but give each client a name and a key of its own`,
  };
}

/** A warning that one client decides a round, if it does. */
export function largeShare(
  updates: readonly { readonly clientId: string; readonly numSamples: number }[],
): Warning | undefined {
  if (updates.length < 3) return undefined;
  const total = updates.reduce((sum, { numSamples }) => sum + numSamples, 0);
  const largest = updates.find(({ numSamples }) => numSamples > total / 2);
  if (!largest) return undefined;
  const percent = ((100 * largest.numSamples) / total).toFixed(0);
  return {
    type: "warning",
    reason: "large-share",
    clientId: largest.clientId,
    message: `fedlt/runFederation: client ${largest.clientId} claims ${largest.numSamples} of ${total} samples and so ${percent} % of the round; set limits.maxSamples to the largest count that a client can have, or use an aggregator that ignores counts`,
  };
}

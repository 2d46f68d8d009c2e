import { Problems } from "../shell/controls";
import { edit } from "./actions";
import { MarkedText } from "./marked-text";
import { LONGEST, type Scheme } from "./names";
import { PayloadBits } from "./payload-bits";
import { problems, shown } from "./state";

const titles: Record<Scheme, { name: string; what: string }> = {
  balanced: { name: "Balanced", what: "both halves of the vocabulary are equally likely" },
  plain: { name: "Plain", what: "both halves have equally many words" },
};

/** "p = 3·10⁻¹²" */
function saidChance(p: number): string {
  if (p >= 0.001) return `p = ${p.toPrecision(2)}`;
  const [digit, power] = p.toExponential(0).split("e") as [string, string];
  const small = [...power.replace("-", "")].map((one) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(one)]).join("");
  return p === 0 ? "p < 10⁻³⁰⁰" : `p = ${digit}·10⁻${small}`;
}

/** One scheme: what a reader finds, the text, and a field to change it. */
export function Story({ scheme }: { scheme: Scheme }) {
  const reading = shown.readings.value![scheme];
  const growing = shown.growing.value[scheme];
  const { name, what } = titles[scheme];
  return (
    <article class="model story" aria-labelledby={`${scheme}-name`}>
      <h3 id={`${scheme}-name`}>
        <span class={`swatch ${scheme}`} />
        {name}
      </h3>
      <p class="muted what">{what}</p>
      <p class="number">
        <strong id={`${scheme}-payload`} class={reading.isFound ? "" : "lost"}>
          {reading.payload}
        </strong>{" "}
        <span class="muted">
          <span id={`${scheme}-verdict`}>{reading.isFound ? "mark found" : "no mark found"}</span>,{" "}
          {saidChance(reading.pValue)}
        </span>
      </p>
      <PayloadBits {...reading} />
      {growing === undefined ? (
        <MarkedText scheme={scheme} tokens={reading.tokens} />
      ) : (
        <p class="marked" dir="auto">
          {growing}
        </p>
      )}
      <p class="hint nats">
        {reading.nats === null
          ? "Longer than the model can judge."
          : `To the unmarked model each token costs ${reading.nats.toFixed(2)} nats.`}
      </p>
      <Problems messages={problems[scheme].value} />
      <details>
        <summary>Edit this text, or read one of yours</summary>
        <textarea
          dir="auto"
          id={`${scheme}-text`}
          aria-label={`The ${scheme} text`}
          rows={10}
          value={shown.drafts.value[scheme]}
          onInput={({ currentTarget }) => edit(scheme, currentTarget.value)}
        />
        <p class="hint">
          A text of your own will do, too, of at most {LONGEST.toLocaleString("en-US")} letters: it
          has no mark.
        </p>
      </details>
    </article>
  );
}

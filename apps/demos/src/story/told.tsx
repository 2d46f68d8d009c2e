import type { Outcome, Step } from "./step";
import { Words } from "./words-of";

/** The results of a step in a sentence, which says so where they do not hold. */
export function sentenceOf<S, R>(step: Step<S, R>, results: readonly R[]): string {
  return `${step.holds(results) ? "" : "Not this time: "}${step.sentence(results)}`;
}

/** The results of a step in its words; what does not hold has no reason. */
export function Told<S, R>({ step, results }: { step: Step<S, R>; results: readonly R[] }) {
  return (
    <div class="told">
      <p class="sentence">{sentenceOf(step, results)}</p>
      {step.holds(results) && (
        <p class="why">
          <Words text={step.why} />
        </p>
      )}
    </div>
  );
}

/** The outcome of the re-run. */
export function OutcomeTold({ sentence, others }: Outcome) {
  return (
    <div class="told">
      <p class="sentence">{sentence}</p>
      {others.length > 0 && (
        <ul>
          {others.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

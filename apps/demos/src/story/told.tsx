import type { Outcome, Step } from "./step";
import { Words } from "./words-of";

/** The results of a step in its words; what does not hold has no reason. */
export function Told<S, R>({ step, results }: { step: Step<S, R>; results: readonly R[] }) {
  const isTrue = step.holds(results);
  return (
    <div class="told">
      <p class="sentence">
        {!isTrue && "Not this time: "}
        {step.sentence(results)}
      </p>
      {isTrue && (
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

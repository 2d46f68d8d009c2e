import { scientific } from "../drawing/numbers";
import { Slider } from "../shell/controls";
import { dragGuess, guessAgain, reveal } from "./actions";
import { guessRange, guessStart } from "./guess-range";
import type { Look } from "./look";
import { unitNames } from "./loss-picture";
import { largerRun } from "./moved";
import { address, draft, ownName } from "./state";

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** The visitor's own forecast, before the law's and the measurement are shown. */
export function Guess({ look }: { look: Look }) {
  const { flops, times } = largerRun(look)!;
  const range = guessRange(look);
  const value = draft.value ?? guessStart(look);
  return (
    <>
      <div class="panel">
        <Slider
          id="guess"
          name="Your forecast:"
          said={`${value.toFixed(2)} ${unitNames[look.unit]}`}
          value={value}
          range={[range.from, range.to, 0.01]}
          onChange={dragGuess}
        />
        <div class="buttons">
          <button type="button" onClick={reveal}>
            Reveal
          </button>
        </div>
      </div>
      <p>
        One more model was trained, with {scientific(flops)} FLOPs: {Math.round(times)} times the
        largest run here. What loss did it reach? Drag the ring or the slider, then see what the law
        said, and what was measured.
      </p>
    </>
  );
}

/** The visitor's forecast and the law's, beside what was measured. */
export function Outcome({ look }: { look: Look }) {
  const run = largerRun(look);
  if (!run || ownName.value !== undefined) return null;
  const { guess } = address.state.value;
  const { measured, predicted } = run;
  return (
    <div class="below" id="outcome">
      <p role="status">
        {guess > 0 && (
          <>
            You foretold {guess.toFixed(2)}: off by <strong>{signed(guess - measured)}</strong>{" "}
            {unitNames[look.unit]}.{" "}
          </>
        )}
        The law foretold {predicted.value.toFixed(3)}: off by{" "}
        <strong>{signed(predicted.value - measured)}</strong>. Measured: {measured.toFixed(3)}.
      </p>
      <button type="button" onClick={guessAgain}>
        {guess > 0 ? "Foretell again" : "Foretell it yourself"}
      </button>
    </div>
  );
}

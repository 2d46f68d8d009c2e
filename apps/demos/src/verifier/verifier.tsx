import { useEffect } from "preact/hooks";
import { percentText } from "../drawing/numbers";
import { Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { chooseProblem, learn, openVerifier, renew, save } from "./actions";
import { choose, type Way, ways } from "./choose";
import { MOST } from "./limits";
import type { RecordedVerifier } from "./recorded";
import type { Exercise } from "./session";
import { Solutions } from "./solutions";
import { SolvedPicture } from "./solved-picture";
import { address, doing, isLive, PROBLEMS, problems, shown } from "./state";

const names: Record<Way, string> = { majority: "Majority", weighted: "Verifier" };

function Answer({ way, exercise, n }: { way: Way; exercise: Exercise; n: number }) {
  const { answer, share } = choose(exercise.solutions, n, way);
  const isRight = answer === exercise.answer;
  return (
    <div>
      <span class={`swatch ${way}`} />
      {names[way]}
      <p class="number">
        <strong id={way}>{answer ?? "–"}</strong>{" "}
        <span class={isRight ? "good" : "bad"}>{isRight ? "✓ right" : "✗ wrong"}</span>{" "}
        <span class="muted">
          {percentText(share, 0)} of the {way === "majority" ? "votes" : "scores"}
        </span>
      </p>
    </div>
  );
}

/** A problem, its solutions, and the answers that votes and a verifier choose. */
export function Verifier({ recorded }: { recorded: RecordedVerifier }) {
  if (!shown.exercise.value) {
    shown.exercise.value = recorded.exercise;
    shown.curve.value = recorded.curve;
  }
  useEffect(() => openVerifier(), []);
  const exercise = shown.exercise.value!;
  const { n, problem } = address.state.value;
  return (
    <section aria-label="Votes beside a verifier">
      <div class="panel">
        <Slider
          id="n"
          name="Solutions"
          said={String(n)}
          value={n}
          range={[1, MOST, 1]}
          onChange={(value) => address.set({ n: value })}
        />
        <Slider
          id="problem"
          name="Problem"
          said={`${problem} of ${PROBLEMS}`}
          value={problem}
          range={[1, PROBLEMS, 1]}
          onChange={chooseProblem}
        />
      </div>
      <p class="exercise">{exercise.problem}</p>
      <div class="columns">
        {ways.map((way) => (
          <Answer key={way} way={way} exercise={exercise} n={n} />
        ))}
      </div>
      <Solutions solutions={exercise.solutions.slice(0, n)} answer={exercise.answer} />
      <h2>On all problems</h2>
      <SolvedPicture curve={shown.curve.value} n={n} />
      <div class="below">
        <p class="status" role="status">
          {doing.value}
          {!isLive.value && doing.value === "" && (
            <>
              <RecordedTag /> at seed {recorded.seed}
            </>
          )}
        </p>
        <RunButtons
          replay={() => void learn()}
          renew={renew}
          save={save}
          fresh="Other training problems"
        />
      </div>
      <Problems messages={problems.run.value} />
    </section>
  );
}

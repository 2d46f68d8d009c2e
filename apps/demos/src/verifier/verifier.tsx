import { useEffect } from "preact/hooks";
import { percentText } from "../drawing/numbers";
import { Problems, RecordedTag, RunButtons, Slider } from "../shell/controls";
import { Outcome } from "../shell/outcome";
import { chooseCount, chooseProblem, learn, openVerifier, renew, save, stop } from "./actions";
import { choose, type Way, ways } from "./choose";
import { MOST } from "./limits";
import { MakeProblem } from "./make-problem";
import { saidAnswer } from "./moved";
import { OwnSolution } from "./own-solution";
import type { RecordedVerifier } from "./recorded";
import type { Exercise } from "./session";
import { Solutions } from "./solutions";
import { SolvedPicture } from "./solved-picture";
import {
  address,
  doing,
  isCurrent,
  isLive,
  moved,
  PROBLEMS,
  problems,
  shown,
  showRecorded,
} from "./state";

const names: Record<Way, string> = { majority: "Majority", weighted: "Verifier" };

function Answer({ way, exercise, n }: { way: Way; exercise: Exercise; n: number }) {
  const { answer, share } = choose(exercise.solutions, n, way);
  const isRight = answer === exercise.answer;
  return (
    <div>
      <span class={`swatch ${way}`} />
      {names[way]}
      <p class="number">
        <strong id={way}>{saidAnswer(answer)}</strong>{" "}
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
  if (!shown.exercise.value) showRecorded(recorded, { solution: "", scores: [] });
  useEffect(() => openVerifier(recorded), []);
  const exercise = shown.exercise.value!;
  const { n, problem, made } = address.state.value;
  return (
    <section aria-label="Votes beside a verifier">
      <div class="panel">
        <Slider
          id="n"
          name="Solutions"
          said={String(n)}
          value={n}
          range={[1, MOST, 1]}
          onChange={chooseCount}
        />
        <Slider
          id="problem"
          name="Problem"
          said={made === "" ? `${problem} of ${PROBLEMS}` : "made by you"}
          value={problem}
          range={[1, PROBLEMS, 1]}
          onChange={chooseProblem}
        />
      </div>
      <MakeProblem />
      <Outcome
        doing={doing.value}
        isOld={!isCurrent.value}
        moved={moved.value}
        stop={stop}
        note={
          !isLive.value && (
            <>
              <RecordedTag /> at seed {recorded.seed}
            </>
          )
        }
      >
        <p class="exercise">{exercise.problem}</p>
        <div class="columns" id="answers-part">
          {ways.map((way) => (
            <Answer key={way} way={way} exercise={exercise} n={n} />
          ))}
        </div>
        <Solutions solutions={exercise.solutions.slice(0, n)} answer={exercise.answer} />
        <OwnSolution />
        <figure class="wide" id="curve-part">
          <SolvedPicture curve={shown.curve.value} n={n} />
          <figcaption>
            On all problems: <span class="swatch majority" />
            votes, <span class="swatch weighted" />
            the verifier.
          </figcaption>
        </figure>
      </Outcome>
      <div class="below">
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

import { percentText } from "../drawing/numbers";
import type { Answers, Reading } from "./classify";
import { readText } from "./text";
import { classNames } from "./words";

/** The class that an encoder chooses, and how sure it is. */
function Answer({ id, shares, isTurned }: { id: string; shares: number[]; isTurned: boolean }) {
  const share = Math.max(...shares);
  const name = classNames[shares.indexOf(share)]!;
  return (
    <td>
      <strong id={id} class={isTurned ? "bad" : undefined}>
        {name}
      </strong>{" "}
      <span class="muted whole">
        {percentText(share, 0)}
        {isTurned && ", turned"}
      </span>
    </td>
  );
}

const chosen = (shares: number[]) => shares.indexOf(Math.max(...shares));

/** The text as it was typed, and with the trigger added or left out. */
export function AnswersTable({
  reading,
  rho,
  word,
}: {
  reading: Reading;
  rho: number;
  /** The secret word. */
  word: string;
}) {
  const { trigger, unknown } = readText(reading.text, word);
  const isTyped = trigger !== null;
  const rows: { id: string; name: string; answers: Answers }[] = [
    { id: "typed", name: "As typed", answers: isTyped ? reading.with : reading.without },
    isTyped
      ? { id: "other", name: `Without ${word}`, answers: reading.without }
      : { id: "other", name: `With ${word}`, answers: reading.with },
  ];
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the arrow keys */}
      <section class="scroll fit" tabIndex={0} aria-label="What the encoders answer">
        <table id="answers">
          <thead>
            <tr>
              <th scope="col">Your text</th>
              <th scope="col">As found</th>
              <th scope="col">
                Purified at <span class="whole">ρ = {percentText(rho, 0)}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, name, answers }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {(["suspect", "purified"] as const).map((which) => (
                  <Answer
                    key={which}
                    id={`${id}-${which}`}
                    shares={answers[which]}
                    isTurned={
                      answers === reading.with &&
                      chosen(reading.with[which]) !== chosen(reading.without[which])
                    }
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="hint" id="unknown">
        {unknown.length > 0 &&
          `Left out, as the encoder has never seen them: ${unknown.join(", ")}.`}
      </p>
    </>
  );
}

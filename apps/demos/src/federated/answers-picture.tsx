import { percentText } from "../drawing/numbers";
import { type Answers, chosen } from "./answers";
import { answersText } from "./moved";
import { groupOf, methods } from "./names";

const [SLOT, HEIGHT, BAR] = [30, 110, 11];
const TOP = 16;

/** The answers of both federations to a digit: two bars per class, and a button that lights up the clients that have the class. */
export function AnswersPicture({
  answers,
  lit,
  light,
}: {
  answers: Answers;
  lit: number | null;
  light(digit: number): void;
}) {
  const digits = answers.fedavg.map((_, digit) => digit);
  const isShared = chosen(answers.fedavg) === chosen(answers.redgrape);
  /** The label of a bar stands over it; two at one digit go to both sides. */
  const labelAt = (x: number, i: number) =>
    isShared
      ? { x: x + (1 - i) * BAR, "text-anchor": i === 0 ? "end" : "start" }
      : { x: x + BAR / 2, "text-anchor": "middle" };
  return (
    <div class="answers">
      <svg viewBox={`0 0 ${10 * SLOT} ${HEIGHT}`} role="img" aria-label={answersText(answers)}>
        {digits.map((digit) => (
          <g key={digit} transform={`translate(${digit * SLOT} 0)`}>
            {methods.map((method, i) => {
              const share = answers[method][digit]!;
              const height = (HEIGHT - TOP) * share;
              const x = SLOT / 2 - BAR + i * (BAR + 1);
              return (
                <g key={method} class={method}>
                  <rect x={x} width={BAR} y={HEIGHT - height} height={height} rx="1.5" />
                  {digit === chosen(answers[method]) && (
                    <text {...labelAt(x, i)} y={HEIGHT - height - 4}>
                      {percentText(share, 0)}
                    </text>
                  )}
                </g>
              );
            })}
          </g>
        ))}
      </svg>
      <fieldset class="classes">
        <legend class="aloud">Light up the clients that have pictures of</legend>
        {digits.map((digit) => (
          <button
            key={digit}
            type="button"
            class={groupOf(digit)}
            aria-pressed={digit === lit}
            onClick={() => light(digit)}
          >
            {digit}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

import type { Letter } from "./learn-sentence";

/** Letters of a line, at most, and lines. */
const [LINE, LINES] = [38, 5];
const [WIDTH, ROW] = [400, 26];

/** Lines of at most so many letters, broken where a word ends. */
function linesOf<T extends { text: string }>(letters: readonly T[]): T[][] {
  const lines: T[][] = [];
  let rest = [...letters];
  while (rest.length > 0 && lines.length < LINES) {
    const ends = rest.slice(0, LINE + 1).map(({ text }) => text === " " || text === "\n");
    const last = rest.length > LINE ? ends.lastIndexOf(true) : rest.length - 1;
    const count = last > 0 ? last + 1 : LINE;
    lines.push(rest.slice(0, count));
    rest = rest.slice(count);
  }
  return lines;
}

/** The written text as a picture, each letter in the colour of its expert. */
export function WrittenPicture({
  letters,
}: {
  letters: readonly Pick<Letter, "text" | "expert">[];
}) {
  const lines = linesOf(letters.flatMap((one) => [...one.text].map((text) => ({ ...one, text }))));
  const said = lines.map((line) => line.map(({ text }) => text).join("")).join("");
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${LINES * ROW}`}
      role="img"
      aria-label={`What was written: ${said.trim()}`}
    >
      {lines.map((line, row) => (
        <text key={row} x="0" y={row * ROW + 20} font-size="20">
          {line.map(({ text, expert }, i) => (
            <tspan key={i} class={`x${expert + 1}`} fill="currentColor">
              {text === "\n" || text === " " ? "\u00a0" : text}
            </tspan>
          ))}
        </text>
      ))}
    </svg>
  );
}

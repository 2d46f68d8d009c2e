import type { Letter } from "./learn-sentence";

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** Letters in the colours of the experts that wrote them; neighbours of one expert are one piece. */
export function WrittenText({ letters }: { letters: readonly Letter[] }) {
  const pieces: Letter[] = [];
  for (const letter of letters) {
    const last = pieces.at(-1);
    if (last?.expert === letter.expert) last.text += letter.text;
    else pieces.push({ ...letter });
  }
  return (
    <>
      {pieces.map(({ text, expert, share }, i) => (
        <span key={i} class={`x${expert + 1}`} title={`expert ${expert + 1}, ${percent(share)}`}>
          {text}
        </span>
      ))}
    </>
  );
}

import type { Letter } from "./learn-sentence";

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** "“qu” is by expert 6, which had 31 % of the weight" */
export const whoText = ({ text, expert, share }: Letter): string =>
  `“${text}” is by expert ${expert + 1}, which had ${percent(share)} of the weight.`;

/** Letters in the colours of the experts that wrote them; neighbours of one expert are one piece, which names it when it is tapped. */
export function WrittenText({
  letters,
  tell,
}: {
  letters: readonly Letter[];
  tell(piece: Letter): void;
}) {
  const pieces: Letter[] = [];
  for (const letter of letters) {
    const last = pieces.at(-1);
    if (last?.expert === letter.expert) last.text += letter.text;
    else pieces.push({ ...letter });
  }
  return (
    <>
      {pieces.map((piece, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: by keyboard, switching an expert off shows its letters
        <span
          key={i}
          class={`x${piece.expert + 1}`}
          title={`expert ${piece.expert + 1}, ${percent(piece.share)}`}
          onClick={() => tell(piece)}
        >
          {piece.text}
        </span>
      ))}
    </>
  );
}

import { type Block, blocksOf, type Span } from "./marked-text";

function Marked({ span: { kind, text, href } }: { span: Span }) {
  if (kind === "strong") return <strong>{text}</strong>;
  if (kind === "emphasis") return <em>{text}</em>;
  if (kind === "code") return <code>{text}</code>;
  if (href === undefined) return <>{text}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  );
}

const Line = ({ spans }: { spans: readonly Span[] }) =>
  spans.map((span, i) => <Marked key={i} span={span} />);

function Part({ block: { kind, lines } }: { block: Block }) {
  if (kind === "list")
    return (
      <ul>
        {lines.map((spans, i) => (
          <li key={i}>
            <Line spans={spans} />
          </li>
        ))}
      </ul>
    );
  const joined = lines.flatMap((spans, i) =>
    i === 0 ? spans : [{ kind: "plain", text: " " } as const, ...spans],
  );
  return (
    <p>
      <Line spans={joined} />
    </p>
  );
}

/** The words of a lesson; what is no mark, HTML too, is shown as text. @param text that `readLesson` has taken */
export function LessonText({ text }: { text: string }) {
  return (
    <div class="lesson-text" dir="auto">
      {blocksOf(text).map((block, i) => (
        <Part key={i} block={block} />
      ))}
    </div>
  );
}

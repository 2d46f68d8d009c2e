import type { Study, StudyRuns, Variant } from "@deepgrain/lab";
import { html } from "@deepgrain/support/pages";

/** Claims stand above the sections here and below them in a report; Plot names its groups, which a picture must not. */
const onPage = (markup: string) =>
  markup
    .replaceAll(/\b(claims?) below\b/g, "$1 above")
    .replaceAll(/(<g\b[^>]*) aria-label="[^"]*"/g, "$1");

/** A study's report on its recorded runs, a fold per experiment. */
export function StudySections<S, R, V extends Variant>({
  study,
  runs,
}: {
  study: Study<S, R, V>;
  runs: StudyRuns<S, R>;
}) {
  const input = { settings: runs.settings, runs, judgement: { study: study.name, claims: [] } };
  const shown = (study.sections ?? []).filter(({ experiment }) => experiment);
  return (
    <>
      {shown.map(({ title, content }) => (
        <details key={title} class="experiment">
          <summary>{title}</summary>
          <div dangerouslySetInnerHTML={{ __html: onPage(html`${content(input)}`.text) }} />
        </details>
      ))}
    </>
  );
}

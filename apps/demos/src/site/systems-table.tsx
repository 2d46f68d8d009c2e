import { ClaimPicture } from "./claim-picture";
import { type System, systems } from "./systems";
import { VerdictList } from "./verdict-list";
import { findingsOf, leadingClaim, openText, pictureNote } from "./verdicts";

function Row({ system }: { system: System }) {
  const { name, study, paper, authors, arxiv, use, countBefore } = system;
  const findings = findingsOf(study);
  const leading = leadingClaim(findings);
  return (
    <tr>
      <th scope="row">
        <span class="name">{name}</span>
        <a href={`https://arxiv.org/abs/${arxiv}`} rel="noreferrer">
          {paper}
        </a>
        <span class="muted">{authors}</span>
      </th>
      <td class="use">
        <p>{use}</p>
        <code class="command">{findings.command}</code>
      </td>
      <td>
        <ClaimPicture claim={leading} />
        <p class="muted">{pictureNote(leading)}</p>
      </td>
      <td>
        <VerdictList findings={findings} />
        <p class="muted">
          {countBefore && `Before the claims were restated: ${countBefore}. `}
          {openText(findings)}
        </p>
      </td>
    </tr>
  );
}

/** The ten systems: paper, use, command, a picture of the first result, and the verdicts of all of them. */
export function SystemsTable() {
  return (
    <table class="systems">
      <caption class="aloud">Ten systems and what their papers' claims came to here</caption>
      <thead>
        <tr>
          <th scope="col">Paper</th>
          <th scope="col">What for</th>
          <th scope="col">Its first result, re-run</th>
          <th scope="col">All its claims</th>
        </tr>
      </thead>
      <tbody>
        {systems.map((system) => (
          <Row key={system.study} system={system} />
        ))}
      </tbody>
    </table>
  );
}

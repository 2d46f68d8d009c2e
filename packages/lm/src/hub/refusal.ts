import { LmError } from "../errors";

/** The meaning of an answer and what to do, by status; `X-Error-Code` is the hub's own word for it. */
function meaning(
  status: number,
  code: string | null,
  hasToken: boolean,
  later: string | null,
): string {
  if (status === 401)
    return hasToken
      ? "the token (HF_TOKEN) is not accepted, or the repository does not exist"
      : "the repository does not exist, or is private: set HF_TOKEN or pass hub: { token }";
  if (code === "GatedRepo")
    return "the repository is gated: accept its terms on its page, with the account that the token belongs to";
  if (status === 403) return "the token (HF_TOKEN) may not read this repository";
  if (code === "RevisionNotFound") return "there is no such revision";
  if (code === "EntryNotFound") return "there is no such file";
  if (status === 404) return "there is no such repository or revision";
  if (status === 429)
    return `too many requests${later === null ? "" : `; the server asks to wait (Retry-After: ${later})`}`;
  return status >= 500 ? "the server has a problem; try again later" : "the server refuses";
}

/**
 * The error for an answer that is no success. It has the address that was asked for, not where that led, because signed
 * addresses are secrets.
 */
export async function refusal(
  response: Response,
  address: string,
  hasToken: boolean,
): Promise<LmError> {
  const { status, headers } = response;
  const code = headers.get("x-error-code");
  await response.body?.cancel();
  const words = meaning(status, code, hasToken, headers.get("retry-after"));
  return new LmError("ERR_IO", `lm/hub: ${address} answered ${status}: ${words}`, {
    fields: { address, status, reason: code, isMissing: status === 404 },
  });
}

import { z } from "zod";
import type { AnswerPiece } from "./chat-source";

/** Calls of an answer, at most. */
const MOST_CALLS = 128;

/** The part of a chunk that has calls; servers leave out what has been said before. */
export const callsForm = z.array(
  z.looseObject({
    index: z.number().optional(),
    function: z
      .looseObject({ name: z.string().nullish(), arguments: z.string().nullish() })
      .optional(),
  }),
);

/** Calls that come in pieces. */
export interface StreamedCalls {
  /** Takes the calls of a chunk. @throws what `fail` makes, for too many calls or characters */
  take(parts: z.infer<typeof callsForm>): void;
  /**
   * The calls that came, in their order; of an answer that was cut, those that are whole.
   * @throws what `fail` makes, for an answer that was not cut and has one without a name, or whose arguments are no JSON
   */
  whole(isCut: boolean): NonNullable<AnswerPiece["call"]>[];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Joins the calls of a streamed answer.
 * @param mostCharacters of all arguments together
 * @param fail the error for what the server has done
 */
export function streamedCalls(
  mostCharacters: number,
  fail: (what: string) => Error,
): StreamedCalls {
  const calls = new Map<number, { name: string; arguments: string }>();
  let characters = 0;
  return {
    take(parts) {
      for (const [place, { index = place, function: about }] of parts.entries()) {
        const call = calls.get(index) ?? { name: "", arguments: "" };
        calls.set(index, call);
        if (calls.size > MOST_CALLS) throw fail(`sent more than ${MOST_CALLS} calls`);
        const text = about?.arguments ?? "";
        characters += text.length;
        if (characters > mostCharacters)
          throw fail(`sent calls of more than ${mostCharacters} characters`);
        call.name ||= (about?.name ?? "").slice(0, 100);
        call.arguments += text;
      }
    },
    whole(isCut) {
      const found = [...calls].sort(([a], [b]) => a - b).map(([, call]) => call);
      if (isCut) return found.filter(({ arguments: text }) => isJson(text));
      return found.map(({ name, arguments: text }) => {
        if (name === "") throw fail("sent a call without a name");
        const written = text.trim() === "" ? "{}" : text; // of a tool without parameters
        if (isJson(written)) return { name, arguments: written };
        throw fail(`sent a call of ${name} whose arguments are no JSON`);
      });
    },
  };
}

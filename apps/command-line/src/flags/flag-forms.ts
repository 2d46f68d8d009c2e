/** @file The values of flags as configuration files hold them: parts of a JSON schema. */

/** One value: text, a number, or whether a switch is on. */
export type PlainForm =
  | { readonly type: "string"; readonly enum?: readonly string[]; readonly pattern?: string }
  | {
      readonly type: "integer" | "number";
      readonly minimum: number;
      readonly maximum?: number;
    }
  | { readonly type: "boolean" };

/** A flag's value, as JSON schema. */
export type FlagForm =
  | PlainForm
  | {
      readonly type: "array";
      readonly items: FlagForm;
      readonly minItems: 1;
      readonly uniqueItems?: boolean;
    };

/** Any text. */
export const textForm: FlagForm = { type: "string" };

/** A switch. */
export const isOn: FlagForm = { type: "boolean" };

/** A number in a range, by default from 0. */
export function numberForm(
  type: "integer" | "number",
  { min = 0, max }: { min?: number; max?: number },
): FlagForm {
  return max === undefined ? { type, minimum: min } : { type, minimum: min, maximum: max };
}

/** Several values. */
export const listOf = (items: FlagForm) => ({ type: "array", items, minItems: 1 }) as const;

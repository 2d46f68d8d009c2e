/** @file The values of flags as configuration files hold them: parts of a JSON schema. */

/** One value: text, a number, or whether a switch is on. */
export type PlainForm =
  | { readonly type: "string"; readonly enum?: readonly string[]; readonly pattern?: string }
  | {
      readonly type: "integer" | "number";
      readonly minimum?: number;
      readonly maximum?: number;
      readonly exclusiveMinimum?: number;
      readonly exclusiveMaximum?: number;
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
  { min, max, above, below }: { min?: number; max?: number; above?: number; below?: number },
): FlagForm {
  return {
    type,
    ...(above === undefined ? { minimum: min ?? 0 } : { exclusiveMinimum: above }),
    ...(max !== undefined && { maximum: max }),
    ...(below !== undefined && { exclusiveMaximum: below }),
  };
}

/** Several values. */
export const listOf = (items: FlagForm) => ({ type: "array", items, minItems: 1 }) as const;

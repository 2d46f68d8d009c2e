type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "not set";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/**
 * How two records of settings differ, as readable text: `lr was 0.003, is 0.1`, with the path of fields inside others.
 *
 * @returns one text for each field that differs
 */
export function differences(before: object, after: object, parent = ""): string[] {
  const [old, fresh] = [before as Fields, after as Fields];
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return names.flatMap((name) => {
    const [was, is] = [old[name], fresh[name]];
    if (isFields(was) && isFields(is)) return differences(was, is, `${parent}${name}.`);
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [`${parent}${name} was ${show(was)}, is ${show(is)}`];
  });
}

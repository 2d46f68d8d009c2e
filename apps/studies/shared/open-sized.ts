import type { Study } from "@deepgrain/lab";
import type { ComparisonRequest, ComparisonSize, OpenedComparison, StudyFlags } from "./comparison";
import type { WithData } from "./with-data";

/** The settings of a study by size, and what replaces them. */
interface Sized<S extends object> {
  sizes: Readonly<Record<ComparisonSize, S>>;
  /** The settings that flags of other names replace. */
  settingOf?: Readonly<Record<string, keyof S>>;
  /** Fingerprints of everything that is read. */
  fingerprintData?: (settings: S, signal: AbortSignal) => Promise<WithData>;
}

/** Opens a study whose flags replace settings of a size. */
export const openSized =
  <S extends object, R>(
    // biome-ignore lint/suspicious/noExplicitAny: settings with fingerprints, or without
    study: Study<any, R>,
    { sizes, settingOf = {}, fingerprintData }: Sized<S>,
  ) =>
  async <F extends StudyFlags>({
    size,
    values,
    signal,
  }: ComparisonRequest<F>): Promise<OpenedComparison> => {
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    const changes = given.map(([name, value]) => [settingOf[name] ?? name, value]);
    const settings: S = { ...sizes[size], ...Object.fromEntries(changes) };
    return { study, settings: { ...settings, ...(await fingerprintData?.(settings, signal)) } };
  };

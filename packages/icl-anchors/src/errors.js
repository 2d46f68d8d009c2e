const marker = Symbol.for("deepgrain.icl-anchors.error");
/** The one error class of this package: `code` names the kind, `fields` hold the offending values. */
export class AnchorsError extends Error {
    name = "AnchorsError";
    [marker] = true;
    code;
    fields;
    constructor(code, message, { fields = {}, cause } = {}) {
        super(message, cause === undefined ? undefined : { cause });
        this.code = code;
        this.fields = fields;
    }
    /** True for an `AnchorsError` of any installed copy of this package. */
    static isInstance(value) {
        return typeof value === "object" && value !== null && marker in value;
    }
}

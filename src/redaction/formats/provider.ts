/** How one provider's secret looks. A plain string is a shape that tells by itself. */
export interface FormatFacts {
  readonly shapes: readonly string[];
  /** The shape tells nothing by itself: one of these words must name it, as in `datadog_key = …`. Any case. */
  readonly near?: readonly string[];
  /** The last six of 36 characters are the CRC-32 of those before. */
  readonly checksum?: true;
  /** The literal text of the shape may be in any case. */
  readonly anyCase?: true;
}

/** One provider: where its documentation shows the format, and its formats by rule id. */
export interface Provider {
  readonly name: string;
  readonly source: string;
  readonly formats: Readonly<Record<string, string | FormatFacts>>;
}

/** A secret that only a word beside it tells. */
export function named(near: readonly string[], ...shapes: readonly string[]): FormatFacts {
  return { near, shapes };
}

/** Several shapes of one secret. */
export function anyOf(...shapes: readonly string[]): FormatFacts {
  return { shapes };
}

/** A token that ends in its own checksum. */
export function checked(shape: string): FormatFacts {
  return { shapes: [shape], checksum: true };
}

export const uuid = "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}";
export const anyUuid = "{anyhex:8}-{anyhex:4}-{anyhex:4}-{anyhex:4}-{anyhex:12}";

/**
 * What is read here of the report, version 1 (docs/report.md, docs/report.schema.json). Members are
 * only ever added, and a value of a later version may be any text.
 */
export interface Report {
  readonly verdict: string;
  readonly summary: string;
  readonly nextStep: string;
  readonly candidate: {
    readonly document: string;
    readonly resource: string | null;
  };
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
}

export interface Finding {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly remediation: string;
  readonly pathPatterns: readonly string[];
  readonly location: Location;
  readonly waived: { readonly reason: string; readonly until: string } | null;
  readonly fingerprint: string;
}

/** A place in a document: a JSON pointer, and where known its line and column, from 1. */
export interface Location {
  readonly document: string;
  readonly pointer: string;
  readonly line: number | null;
  readonly column: number | null;
}

export interface Unknown {
  readonly fact: string;
  readonly subject: string;
  readonly kind: string;
  readonly cause: string;
  /** Empty where the cause says it all. */
  readonly needs: string;
  readonly blocks: boolean;
  /** To the origins, groups and behaviors that it leaves in doubt. */
  readonly pointers: readonly string[];
}

/**
 * The reports in what `origin-guard check --output-format json` printed: one, or several in a list.
 *
 * @throws if it is of another version
 */
export function reportsOf(printed: string): Report[] {
  const document = JSON.parse(printed) as { schemaVersion?: unknown; reports?: Report[] } & Report;
  if (document.schemaVersion !== '1') {
    throw new Error(
      `origin-guard printed a report of version ${JSON.stringify(document.schemaVersion)}, and this plugin reads version "1"; `
        + 'install a plugin and a command line of one release',
    );
  }
  return document.reports ?? [document];
}

import type { PolicyViolatingResource, PolicyViolation } from 'aws-cdk-lib';
import type { Finding, Report, Unknown } from './report';

/** The rule of what stood in the way of a verdict: `origin-guard::inconclusive` in an acknowledgement. */
export const INCONCLUSIVE = 'inconclusive';

/**
 * The CDK's violations for a report: one for each finding, and one for each unknown that a verdict
 * hangs on. A violation of severity `error` fails the synthesis, and the CDK decides anew once one is
 * acknowledged: so whatever keeps a report from passing has to be a violation of its own.
 */
export function violationsOf(report: Report): PolicyViolation[] {
  const violations = [
    ...report.findings.map((finding) => ofFinding(report, finding)),
    ...report.unknowns.filter((unknown) => unknown.blocks).map((unknown) => ofUnknown(report, unknown)),
  ];
  if (report.verdict !== 'pass' && !violations.some(fails)) {
    violations.push(ofVerdict(report));
  }
  return violations;
}

export function fails(violation: PolicyViolation): boolean {
  return violation.severity === 'error' || violation.severity === 'fatal';
}

function ofFinding(report: Report, finding: Finding): PolicyViolation {
  const { location, waived } = finding;
  const isInTemplate = location.document === report.candidate.document;
  const elsewhere = isInTemplate ? '' : ` (${[location.document, location.line, location.column].filter(Boolean).join(':')})`;
  const accepted = waived ? ` (waived until ${waived.until}: ${waived.reason})` : '';
  return {
    ruleName: finding.rule,
    severity: waived ? 'info' : severity(finding.severity),
    description: `${finding.message}${elsewhere}${accepted}`,
    fix: finding.remediation,
    ruleMetadata: {
      page: `origin-guard rules ${finding.rule}`,
      fingerprint: finding.fingerprint,
      ...(finding.pathPatterns.length > 0 ? { pathPatterns: finding.pathPatterns.join(' ') } : {}),
    },
    violatingResources: [place(report, isInTemplate ? location.pointer : '')],
  };
}

function ofUnknown(report: Report, unknown: Unknown): PolicyViolation {
  const { fact, subject, cause, needs } = unknown;
  return {
    ruleName: INCONCLUSIVE,
    severity: 'error',
    description: needs ? `${fact} \`${subject}\` is not known: ${cause}` : cause,
    ...(needs ? { fix: `needs ${needs}` } : {}),
    violatingResources: [place(report, unknown.pointers[0] ?? '')],
  };
}

function ofVerdict(report: Report): PolicyViolation {
  return {
    ruleName: INCONCLUSIVE,
    severity: 'error',
    description: report.summary,
    fix: report.nextStep,
    violatingResources: [place(report, '')],
  };
}

/** A severity of a later version is an error here until it is known: it must not pass unseen. */
function severity(name: string): string {
  return name === 'warning' || name === 'info' ? name : 'error';
}

/**
 * Where the CDK finds the construct, its path and the line that created it: the template, the
 * logical ID, and the place in the resource. What is not in a resource, such as a parameter's
 * default, is reported at the distribution.
 */
function place(report: Report, pointer: string): PolicyViolatingResource {
  const [, section, ...names] = pointer.split('/').map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
  const { document: templatePath, resource } = report.candidate;
  if (section === 'Resources' && names[0] !== undefined) {
    return { templatePath, resourceLogicalId: names[0], locations: dotted(names.slice(1)) };
  }
  return {
    templatePath,
    ...(resource === null ? {} : { resourceLogicalId: resource }),
    locations: section === undefined ? [] : dotted([section, ...names]),
  };
}

function dotted(names: string[]): string[] {
  return names.length > 0 ? [names.join('.')] : [];
}

import type { Report } from './report';

/** How each kind of unknown is counted; one of a later version is counted by its own name. */
const OPEN: Readonly<Record<string, string>> = {
  'could-not-check': 'could not be checked',
  'not-decided-yet': 'known only after the deployment',
  'not-decidable': 'not decidable',
  'not-asked-for': 'not asked for',
};

/** One line for what passes, which has no violation, and yet may hang on facts that were not checked. */
export function summaryOf(reports: readonly Report[]): string | undefined {
  const passed = reports.filter(({ verdict }) => verdict === 'pass');
  if (passed.length === 0) {
    return undefined;
  }
  const counts = new Map<string, number>();
  for (const { kind } of passed.flatMap(({ unknowns }) => unknowns)) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const open = [...counts].toSorted().map(([kind, count]) => `${count} ${OPEN[kind] ?? kind}`);
  const facts = open.length > 0 ? `; facts that are open: ${open.join(', ')}` : '';
  const judged = reports.length === 1 ? '1 distribution passes' : `${passed.length} of ${reports.length} distributions pass`;
  return `${judged}${facts}`;
}
